/** Is my appointment there? By phone and its six digits, or by the card on the reader; nothing is done with it. */

import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { dayOf, timeOfDay } from "/static/numbers.js";
import { asked, cardHint, field } from "./enquiry-fields.js";

export function appointmentView(app, at) {
  if (at.found) { app.show({ title: t("enquiry.appointment"), class: "en-read", body: picture(at.found) }); return; }
  app.onCard((card) => app.load({ title: t("enquiry.appointment") }, (signal) => app.post("/appointment", { card }, signal), (found) => { at.found = found; return { body: picture(found) }; }));
  const phone = field("phone", "enquiry.phone", { keys: "digits", maxlength: 13 });
  const code = field("code", "enquiry.six", { keys: "digits", maxlength: 6, hint: "enquiry.six_hint" });
  asked(app, {
    title: t("enquiry.appointment"), hint: t("enquiry.appointment_hint"), fields: [phone, code], beside: cardHint(app), text: t("enquiry.look"),
    send: (signal) => app.post("/appointment", { phone: phone.value, code: code.value }, signal),
    done: (found) => app.go({ name: "appointment", found }),
  });
}

const picture = (found) => el("section.card.en-case__now", { id: "appointment" },
  el("p.en-case__state", {}, t(`enquiry.appointment_state.${found.state}`)), el("p.en-appointment__when.num", {}, `${dayOf(found.day)} ${timeOfDay(found.due)}–${timeOfDay(found.until)}`),
  el("p", {}, named(found, found.matter_name ? "matter_name" : "line_name")), el("p.muted", {}, named(found, "zone_name")),
  el("p.en-case__due", {}, icon("clock"), el("span", {}, t("enquiry.check_in", { from: timeOfDay(found.opens), to: timeOfDay(found.closes) }))));
