/** The tab of restricted persons: who, until when and why; adding one and lifting one. */

import { api } from "/static/api.js";
import { hallIso } from "/static/clock.js";
import { el, fill } from "/static/dom.js";
import { errorText, showFieldErrors, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { has, t } from "/static/i18n.js";
import { dayOf, timeOfDay } from "/static/numbers.js";
import { askReason } from "./appointments-ask.js";

const WAYS = ["id_number", "phone", "ticket"];
const USUAL_DAYS = 30;

export class BarredTab {
  #place; #list = el("section.barred__list");

  constructor(place) { this.#place = place; }

  open() {
    fill(this.#place, el("div.barred", {}, this.#list, el("aside.barred__side", {}, this.#form())));
    this.#load();
  }

  async #load() {
    try {
      const { items } = await api.get("restrictions");
      const head = ["who", "until", "reason", "since", "by"].map((name) => el("th", { scope: "col" }, t(`slots.${name}`)));
      fill(this.#list, items.length ? el("div.table-wrap.day__scroll", {}, el("table.table", {}, el("thead", {}, el("tr", {}, head, el("th"))), el("tbody", {}, items.map((one) => this.#row(one)))))
        : el("div.empty", {}, icon("users"), el("p.empty__title", {}, t("slots.barred_none")), el("p", {}, t("slots.barred_none_hint"))));
    } catch (error) {
      fill(this.#list, el("div.empty", {}, icon("alert"), el("p.empty__title", {}, errorText(error)), el("button.btn", { on: { click: () => this.#load() } }, t("slots.retry"))));
    }
  }

  #row(one) {
    const key = `slots.barred_reason.${one.reason}`;
    return el("tr", {}, el("td.num.strong", {}, one.who || t("slots.erased")), el("td.num", {}, dayOf(one.until)), el("td", {}, has(key) ? t(key) : one.reason),
      el("td.num", {}, `${dayOf(one.since)} ${timeOfDay(one.since)}`), el("td.num", {}, one.by === "system" ? t("slots.by_system") : one.by.split(":").pop()),
      el("td.end", {}, el("button.btn.btn--sm", { id: `lift-${one.person}`, on: { click: () => this.#lift(one) } }, t("slots.lift"))));
  }

  async #lift(one) {
    const reason = await askReason({ title: t("slots.lift_ask", { who: one.who }), yes: t("slots.lift") });
    if (!reason) return;
    try {
      await api.post(`restrictions/${encodeURIComponent(one.person)}/lift`, { reason });
      toast(t("slots.lifted"), "ok", { ms: 2500 });
    } catch (error) { toast(errorText(error), "bad"); }
    await this.#load();
  }

  #form() {
    const until = new Date(Date.parse(`${hallIso()}Z`) + USUAL_DAYS * 86_400_000).toISOString().slice(0, 10);
    const by = el("select.select", { id: "by", on: { change: () => { number.name = by.value; error.dataset.error = by.value; } } }, WAYS.map((way) => el("option", { value: way }, t(`slots.by_${way}`))));
    const number = el("input.input.num", { id: "number", name: WAYS[0], maxlength: 24, autocomplete: "off" });
    const error = el("p.field__error", { role: "alert", dataset: { error: WAYS[0] } });
    const day = el("input.input.num", { id: "until", name: "until", type: "date", value: until, min: hallIso().slice(0, 10) });
    const reason = el("input.input", { id: "why", name: "reason", maxlength: 200, autocomplete: "off" });
    const rest = el("div", { role: "alert" });
    const send = async (event) => {
      event.preventDefault();
      showFieldErrors(form);
      fill(rest);
      if (!reason.value.trim()) { reason.setAttribute("aria-invalid", "true"); form.querySelector('[data-error="reason"]').textContent = t("slots.reason_needed"); reason.focus(); return; }
      try {
        await api.post("restrictions", { [by.value]: number.value.trim() || null, until: day.value, reason: reason.value.trim() });
        toast(t("slots.barred_done"), "ok", { ms: 2500 });
        number.value = reason.value = "";
        await this.#load();
      } catch (refusal) {
        const fields = Object.fromEntries(Object.entries(refusal.fields ?? {}).map(([name, text]) => [name.replace("person.", ""), text]));
        const [told] = showFieldErrors(form, Object.assign(refusal, { fields: fields.id_number && by.value === "ticket" ? { ticket: fields.id_number } : fields }));
        fill(rest, told && el("div.notice.notice--bad", {}, icon("alert"), el("span", {}, told)));
      }
    };
    const form = el("form.barred__form", { novalidate: true, autocomplete: "off", on: { submit: send } }, el("h2.day__title", {}, t("slots.barred_add")),
      el("div.field", {}, el("label.field__label", { for: "by" }, t("slots.barred_by")), by), el("div.field", {}, number, error, el("p.field__hint", {}, t("slots.barred_hint"))),
      el("div.field", {}, el("label.field__label", { for: "until" }, t("slots.until")), day, el("p.field__error", { dataset: { error: "until" } })),
      el("div.field", {}, el("label.field__label", { for: "why" }, t("slots.reason")), reason, el("p.field__error", { dataset: { error: "reason" } })),
      rest, el("button.btn.btn--primary.btn--block", { type: "submit", id: "bar" }, icon("lock"), t("slots.barred_yes")));
    number.setAttribute("aria-label", t("slots.who"));
    return form;
  }
}
