/** What the hall has to say: notices with their end, and the emergency stop behind a guard. */

import { api } from "/static/api.js";
import { hallNow, hallTime } from "/static/clock.js";
import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { isChinese, named, t } from "/static/i18n.js";
import { live } from "/static/live.js";
import { errorText, showFieldErrors, toast } from "/static/feedback.js";
import { dayOf, timeOfDay } from "/static/numbers.js";
import { askReason, deed, REASON_MOST } from "./manager-hand-ask.js";
import { emergencyForm } from "./manager-hand-emergency.js";

const TEXT_MOST = 120;
const LASTS_MIN = [30, 60, 120, 240, 480, 1440, 10080];

export class HandNotices {
  #place; #zones = []; #notices = el("section.hand__said"); #emergency = el("section.hand__emergency"); #form = null; #feed = null; #shown = undefined; #kinds = null; #busy = false;

  constructor(place) { this.#place = place; }

  get dirty() { return Boolean(this.#form?.elements.zh?.value.trim()); }

  async open() {
    this.#form = el("form.card.card--flat.hand__notice-form", { on: { submit: (event) => { event.preventDefault(); this.#broadcast(); } } });
    fill(this.#place, el("div.hand__notices", {}, el("div.hand__column", {}, this.#form, this.#notices), this.#emergency));
    const [hall, known] = await Promise.all([api.get("hall"), api.get("emergency")]).catch((error) => { toast(errorText(error), "bad"); return [{ zones: [] }, { kinds: [] }]; });
    this.#zones = hall.zones;
    this.#kinds = known.kinds;
    this.#drawForm();
    this.#feed = live(["notices/hall"], { onView: (_topic, view) => this.#said(view) });
  }

  close() { this.#feed?.close(); }

  #said({ emergency, notices }) {
    fill(this.#notices, el("h2.card__title", {}, t("manager.hand.notices_now"), " ", el("span.num.muted", {}, notices.length)), notices.length ? el("ul.hand__notice-list", {}, notices.map((one) => this.#notice(one))) : el("p.muted", {}, t("manager.hand.notices_none")));
    if (JSON.stringify(emergency) === this.#shown) return; // a form half filled in must stay
    this.#shown = JSON.stringify(emergency);
    fill(this.#emergency, emergency ? this.#raised(emergency) : emergencyForm(this.#kinds));
  }

  #notice(one) {
    const where = one.zones.length ? one.zones.map((zone) => named(zone)).join(isChinese() ? "、" : ", ") : t("manager.hand.whole_hall");
    return el("li.hand__notice", { dataset: { notice: one.id } }, icon(one.kind === "warning" ? "alert" : "info"),
      el("div.grow", {}, el("p", { lang: "zh-CN" }, one.zh), one.en && el("p.small", { lang: "en" }, one.en), el("p.small.muted", {}, where, " · ", t("manager.hand.until", { time: `${dayOf(one.until)} ${timeOfDay(one.until)}` }))),
      el("button.btn.btn--sm", { id: `withdraw-${one.id}`, on: { click: () => this.#withdraw(one) } }, t("manager.hand.withdraw")));
  }

  async #withdraw(one) {
    const body = await askReason({ title: t("manager.hand.withdraw_ask"), hint: one.zh, yes: t("manager.hand.withdraw") });
    if (body) await deed(`notices/${encodeURIComponent(one.id)}/withdraw`, body);
  }

  #drawForm() {
    const zones = this.#zones.map((zone) => el("label.check", {}, el("input", { type: "checkbox", name: "zones", value: zone.id }), named(zone)));
    const lasts = el("select.select", { name: "lasts" }, LASTS_MIN.map((min) => el("option", { value: min, selected: min === 120 }, t(min < 60 ? "manager.hand.lasts_min" : min < 1440 ? "manager.hand.lasts_h" : "manager.hand.lasts_d", { n: min < 60 ? min : min < 1440 ? min / 60 : min / 1440 }))), el("option", { value: "" }, t("manager.hand.lasts_own")));
    const until = el("input.input", { name: "until", type: "datetime-local", hidden: true, "aria-label": t("manager.hand.field.until") });
    lasts.addEventListener("change", () => { until.hidden = lasts.value !== ""; if (!until.hidden && !until.value) until.value = hallTime(hallNow() + 3_600_000).slice(0, 16); });
    fill(this.#form, el("h2.card__title", {}, t("manager.hand.notice_new")),
      field("zh", el("textarea.textarea.hand__text", { name: "zh", rows: 2, required: true, maxlength: TEXT_MOST, lang: "zh-CN" })), field("en", el("textarea.textarea.hand__text", { name: "en", rows: 2, maxlength: TEXT_MOST * 2, lang: "en" })),
      el("div.hand__row", {}, field("kind", el("select.select", { name: "kind" }, ["info", "warning"].map((kind) => el("option", { value: kind }, t(`manager.hand.kind.${kind}`))))), field("until", el("div.stack.hand__until", {}, lasts, until))),
      el("fieldset.hand__zones", {}, el("legend.field__label", {}, t("manager.hand.field.zones")), zones, el("p.field__error", { dataset: { error: "zones" } }), el("p.field__hint", {}, t("manager.hand.zones_hint"))),
      field("reason", el("input.input", { name: "reason", required: true, maxlength: REASON_MOST, autocomplete: "off" })),
      el("div.dialog__actions", {}, el("button.btn.btn--primary", { id: "broadcast", type: "submit" }, icon("bell"), t("manager.hand.broadcast"))));
  }

  async #broadcast() {
    if (this.#busy) return;
    const data = new FormData(this.#form);
    const until = data.get("lasts") ? new Date(hallNow() + Number(data.get("lasts")) * 60_000).toISOString() : withZone(data.get("until"));
    this.#busy = true;
    try {
      await api.post("notices", { zh: data.get("zh"), en: data.get("en"), kind: data.get("kind"), zones: data.getAll("zones"), until, reason: data.get("reason") });
      this.#drawForm();
      toast(t("manager.hand.broadcast_done"), "ok", { ms: 3000 });
    } catch (error) {
      const left = showFieldErrors(this.#form, error);
      if (left.length) toast(left[0], "bad", { ms: 8000 });
    } finally {
      this.#busy = false;
    }
  }

  #raised(emergency) {
    const lift = async () => {
      const body = await askReason({ title: t("manager.hand.lift"), hint: t("manager.hand.lift_hint"), yes: t("manager.hand.lift") });
      if (body) await deed("emergency/lift", body, t("manager.hand.lifted"));
    };
    return [el("h2.card__title", {}, icon("alert"), t("manager.hand.emergency_now")),
      el("div.hand__alarm", { dataset: { kind: emergency.kind } }, el("p.hand__alarm-what", { lang: "zh-CN" }, emergency.zh), el("p", { lang: "en" }, emergency.en), el("p", { lang: "zh-CN" }, emergency.do_zh), el("p", { lang: "en" }, emergency.do_en)),
      el("p.muted", {}, t("manager.hand.since", { time: timeOfDay(emergency.since) })), el("button.btn.btn--primary.btn--lg", { id: "lift", on: { click: lift } }, icon("check"), t("manager.hand.lift"))];
  }
}

function field(name, input) {
  return el("label.field", {}, el("span.field__label", {}, t(`manager.hand.field.${name}`)), input, el("span.field__error", { dataset: { error: name } }));
}

/** A wall-clock time of the hall with the hall's offset, whatever zone this computer is in. */
function withZone(local) {
  if (!local) return "";
  const offset_min = Math.round((Date.parse(`${hallTime(hallNow())}Z`) - hallNow()) / 60_000);
  return new Date(Date.parse(`${local}:00Z`) - offset_min * 60_000).toISOString();
}
