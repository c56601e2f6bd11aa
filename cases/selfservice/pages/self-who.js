/** Who somebody is: the card on the reader, or the ID number with a code on one's own phone. */

import { api } from "/static/api.js";
import { device } from "/static/device.js";
import { el, fill } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";
import { choices } from "/static/visitor/steps.js";
import { faultOf } from "/pages/hall_queue/id-number.js";

const PHONE = /^1\d{10}$/;

/** `at.then`: where it goes on; `at.isOver`: a session ended under way; `at.by`: "code". */
export async function whoView(terminal, at) {
  if (terminal.card && !at.isCardUsed) {
    const { card } = terminal;
    terminal.card = null;
    at.isCardUsed = true;
    await bySession(terminal, at, { card }, (error) => { at.isCardUsed = false; ask(terminal, { ...at, fault: errorText(error) }); });
    return;
  }
  if (at.by === "code" || !device) byCode(terminal, at);
  else ask(terminal, at);
}

const over = (at) => at.isOver && el("p.notice.notice--warn", { role: "status" }, icon("clock"), el("span", {}, t("self.session_over")));

function ask(terminal, at) {
  terminal.show({
    title: t("self.who"), hint: t("self.who_hint"),
    body: [over(at), at.fault && el("p.notice.notice--bad", { role: "alert" }, icon("alert"), el("span", {}, at.fault)),
      el("div.card.s-card", {}, el("img", { src: "/pages/hall_queue/kiosk-card.svg", alt: t("kiosk.card_picture") }), el("p.strong", { role: "status" }, t("self.lay_card"))),
      choices([{ id: "by-code", icon: "phone", name: t("self.by_code"), note: t("self.by_code_hint"), act: () => terminal.turn({ ...at, by: "code", fault: "" }) }])],
  });
}

function byCode(terminal, at) {
  const typed = (at.typed ??= { id_number: "", phone: "", name: "", code: "", sent: null, needsName: false });
  const said = el("div", { role: "alert" });
  const field = (name, keys, more = {}) => el("div.field.s-field", {}, el("label.field__label", { for: name }, t(`self.${name}`)),
    el("input.input.num.s-input", { id: name, value: typed[name], autocomplete: "off", dataset: { keys }, enterkeyhint: "done", ...more, on: { input: (event) => { typed[name] = name === "name" ? event.target.value : event.target.value.toUpperCase().replace(/[^\dX]/g, ""); say(name, ""); }, keydown: (event) => { if (event.key === "Enter") { event.preventDefault(); act(); } } } }),
    el("p.field__error", { role: "alert", dataset: { error: name } }));
  const act = typed.sent ? confirm : send;
  terminal.show({
    title: t(typed.sent ? "self.code_title" : "self.by_code"), hint: typed.sent ? t("self.code_sent", { phone: typed.sent.phone }) : t("self.by_code_why"), step: typed.sent ? 2 : 1, of: 2,
    back: () => { if (typed.sent) { typed.sent = null; typed.code = ""; terminal.draw(); } else if (device && at.by) terminal.turn({ ...at, by: "" }); else terminal.back(); },
    next: { text: t(typed.sent ? "self.code_enter" : "self.code_send"), act },
    body: [over(at), said, typed.sent ? [field("code", "digits", { maxlength: 8 }), el("button.btn.btn--lg", { id: "again", on: { click: send } }, icon("refresh"), t("self.code_again"))] : [field("id_number", "id", { maxlength: 18 }), field("phone", "digits", { maxlength: 11 }), typed.needsName && field("name", "pinyin", { maxlength: 60 })]],
  });
  document.querySelector(typed.sent ? "#code" : "#id_number")?.focus();

  async function send() {
    const fault = faultOf(typed.id_number);
    const wrong = { id_number: fault ? t(`kiosk.id_wrong_${fault}`) : "", phone: PHONE.test(typed.phone) ? "" : t("self.phone_wrong") };
    for (const [name, text] of Object.entries(wrong)) say(name, text);
    if (wrong.id_number || wrong.phone) { document.querySelector(wrong.id_number ? "#id_number" : "#phone")?.focus(); return; }
    await busy(async () => { typed.sent = await api.post("applicant/code", { id_number: typed.id_number, phone: typed.phone, ...(typed.name && { name: typed.name }) }); terminal.draw(); });
  }

  async function confirm() {
    await busy(() => bySession(terminal, at, { id_number: typed.id_number, phone: typed.phone, code: typed.code, machine: "terminal" }));
  }

  async function busy(work) {
    const { signal } = terminal;
    const button = document.querySelector("#next");
    button?.setAttribute("aria-busy", "true");
    fill(said);
    try { await work(); } catch (error) {
      if (signal.aborted) return;
      if (error.fields?.name) { typed.needsName = true; terminal.draw(); return; }
      const [name] = ["id_number", "phone", "code"].filter((one) => error.fields?.[one]);
      const text = error.offline ? t("self.no_link_hint") : errorText(error);
      if (name && document.querySelector(`#${name}`)) say(name, text);
      else fill(said, el("p.notice.notice--bad", {}, icon("alert"), el("span", {}, text)));
    } finally { button?.removeAttribute("aria-busy"); }
  }
}

/** With the card that was just read somebody proves their phone: codes go there from now on, and it opens all that is theirs. */
export function phoneView(terminal, at) {
  const typed = (at.typed ??= { phone: "", code: "", sent: null });
  const said = el("div", { role: "alert" });
  const name = typed.sent ? "code" : "phone";
  const act = typed.sent ? prove : send;
  terminal.show({
    title: t(typed.sent ? "self.code_title" : "self.phone_own"), hint: typed.sent ? t("self.code_sent", { phone: typed.sent.phone }) : t("self.phone_own_hint"), step: typed.sent ? 2 : 1, of: 2,
    next: { text: t(typed.sent ? "self.code_enter" : "self.code_send"), act },
    body: [said, el("div.field.s-field", {}, el("label.field__label", { for: name }, t(`self.${name}`)),
      el("input.input.num.s-input", { id: name, value: typed[name], autocomplete: "off", maxlength: typed.sent ? 8 : 11, dataset: { keys: "digits" }, enterkeyhint: "done", on: { input: (event) => { typed[name] = event.target.value.replace(/\D/g, ""); say(name, ""); }, keydown: (event) => { if (event.key === "Enter") { event.preventDefault(); act(); } } } }),
      el("p.field__error", { role: "alert", dataset: { error: name } }))],
  });
  document.querySelector(`#${name}`)?.focus();

  async function send() {
    if (!PHONE.test(typed.phone)) { say("phone", t("self.phone_wrong")); return; }
    await trying(async () => { typed.sent = await api.post("applicant/code", { phone: typed.phone }); terminal.draw(); });
  }

  async function prove() {
    await trying(async () => {
      await api.post("applicant/phone", { phone: typed.phone, code: typed.code });
      terminal.tell(t("self.phone_done", { phone: typed.sent.phone }));
      terminal.root({ name: "home" });
    });
  }

  async function trying(work) {
    const { signal } = terminal;
    try { await work(); } catch (error) {
      if (signal.aborted) return;
      const text = error.offline ? t("self.no_link_hint") : errorText(error);
      if (error.fields?.[name]) say(name, text);
      else fill(said, el("p.notice.notice--bad", {}, icon("alert"), el("span", {}, text)));
    }
  }
}

async function bySession(terminal, at, body, failed = null) {
  const { signal } = terminal;
  try {
    const who = await api.post("applicant/session", body);
    if (signal.aborted) { await api.del("applicant/session").catch(() => {}); return; } // they left meanwhile
    await terminal.identified(who, at.then);
  } catch (error) {
    if (!failed) throw error;
    if (!signal.aborted) failed(error);
  }
}

function say(name, text) {
  const node = document.querySelector(`[data-error="${name}"]`);
  if (node) node.textContent = text;
  document.querySelector(`#${name}`)?.setAttribute("aria-invalid", String(Boolean(text)));
}
