/** The way upward: what waits, what the platform refused and why, sending again, and comparing day by day. */

import { api } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { ask, errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { has, t } from "/static/i18n.js";
import { count, timeOfDay } from "/static/numbers.js";

const AGAIN_MS = 5000;
const STATES = ["pending", "accepted", "refused", "superseded"];

export class UpwardPart {
  #node; #page; #timer = null; #isClosed = false; #drawn = "";

  constructor(node, page) {
    this.#node = node;
    this.#page = page;
  }

  close() {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async load() {
    clearTimeout(this.#timer);
    try {
      const found = await api.get("ratings/upward");
      if (this.#isClosed) return;
      const shown = JSON.stringify(found);
      if (shown !== this.#drawn) this.#draw(found);
      this.#drawn = shown;
    } catch (error) {
      if (!this.#isClosed) this.#page.failed(error);
    }
    if (!this.#isClosed) this.#timer = setTimeout(() => this.load(), AGAIN_MS);
  }

  #draw(found) {
    if (!found.on) {
      fill(this.#node, el("div.empty", { id: "upward-off" }, icon("transfer"), el("p.empty__title", {}, t("upward.off")), el("p", {}, t("upward.off_hint"))));
      return;
    }
    fill(this.#node, el("div.up", {}, this.#state(found), el("div.up__counts", { id: "upward-counts" }, STATES.map((name) => el(`div.up__count${name === "refused" && found.standing.refused ? ".up__count--bad" : ""}`, { id: `upward-${name}` }, el("strong", {}, count(found.standing[name])), el("span", {}, t(`upward.${name}`))))), this.#refused(found), this.#compared(found)));
  }

  #state({ trouble, standing, platform }) {
    const last = standing.last_accepted_at ? t("upward.last", { time: `${standing.last_accepted_at.slice(0, 10)} ${timeOfDay(standing.last_accepted_at)}` }) : t("upward.never");
    const text = trouble ? t("upward.trouble", { reason: reason(trouble.reason), tries: count(trouble.tries), time: timeOfDay(trouble.next_at) }) : standing.pending ? t("upward.waits") : t("upward.well");
    return el(`div.notice${trouble ? ".notice--bad" : ".notice--ok"}`, { id: "upward-state", role: "status" }, icon(trouble ? "alert" : "check"), el("div.grow", {}, el("strong", {}, text), el("p.small", {}, `${platform} · ${last}`)),
      trouble && el("button.btn.btn--sm", { id: "upward-try", on: { click: () => this.#do("try", {}, t("upward.tried")) } }, t("upward.try")));
  }

  #refused({ refused }) {
    const again = (ratings) => this.#do("again", { ratings }, t("upward.again_done"));
    const row = (one) => el("tr", { "data-rating": one.rating }, el("td.num", {}, `${one.business_day} ${timeOfDay(one.at)}`), el("td.num", {}, one.number ?? ""), el("td", {}, t(`figures.level.${one.level}`)),
      el("td", {}, one.faults.map((fault) => el("span.up__reason", {}, fault.field && el("code", {}, fault.field), " ", has(`upward.reason.${fault.message}`) || /^status_\d+$/.test(fault.message) ? reason(fault.message) : fault.message || t("upward.no_reason")))),
      el("td.end", {}, el("button.btn.btn--sm", { on: { click: () => again([one.rating]) } }, t("upward.again_one"))));
    const heads = [t("upward.day"), t("upward.number"), t("figures.list.level"), t("upward.reason_title"), ""].map((text) => el("th", { scope: "col" }, text));
    return el("section.box", { id: "upward-refused-list" }, el("div.box__head", {}, el("h2.box__title", {}, t("upward.refused_title")), refused.length > 0 && el("button.btn.btn--sm.btn--primary", { id: "upward-again", on: { click: () => again([]) } }, t("upward.again_all"))),
      refused.length ? [el("p.muted", {}, t("upward.refused_hint")), el("div.table-wrap", {}, el("table.table.up__refused", {}, el("thead", {}, el("tr", {}, heads)), el("tbody", {}, refused.map(row))))] : el("p.muted", {}, t("upward.none_refused")));
  }

  #compared({ reconciliation }) {
    const last = this.#page.hall.business_day;
    const first = new Date(Date.parse(`${last}T00:00:00Z`) - 30 * 86_400_000).toISOString().slice(0, 10);
    const head = el("div.box__head", {}, el("h2.box__title", {}, t("upward.compare_title")), el("button.btn.btn--sm", { id: "upward-compare", on: { click: () => this.#do("compare", { first, last }, "") } }, icon("refresh"), t("upward.compare")));
    if (!reconciliation) return el("section.box", { id: "upward-days" }, head, el("p.muted", {}, t("upward.not_compared")), el("p.muted.small", {}, t("upward.compare_hint")));
    if (reconciliation.fault) return el("section.box", { id: "upward-days" }, head, el("p", {}, t("upward.no_counts", { reason: reason(reconciliation.fault) })));
    const differing = reconciliation.days.filter((one) => !one.is_equal);
    const said = el("p.muted", {}, t("upward.compared", { time: timeOfDay(reconciliation.at), n: count(reconciliation.days.length - differing.length) }), differing.length > 0 && [" · ", el("strong", {}, t("upward.differs", { n: count(differing.length) }))]);
    const some = reconciliation.days.filter((one) => one.ours || one.theirs).reverse();
    const row = (one) => el("tr", { "data-day": one.day }, el("td.num", {}, one.day), el("td.end.num", {}, count(one.ours)), el("td.end.num", {}, count(one.theirs)), el("td.end", {}, one.is_equal ? icon("check", { label: t("upward.well") }) : el("button.btn.btn--sm", { on: { click: () => this.#resend(one.day) } }, t("upward.day_again"))));
    return el("section.box", { id: "upward-days" }, head, said, some.length > 0 && el("div.table-wrap.up__scroll", {}, el("table.table.up__days", {}, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("upward.day")), el("th.end", { scope: "col" }, t("upward.ours")), el("th.end", { scope: "col" }, t("upward.theirs")), el("th", {}))), el("tbody", {}, some.map(row)))));
  }

  async #resend(day) {
    if (await ask({ title: t("upward.day_ask", { day }), text: t("upward.day_ask_hint"), yes: t("upward.day_again") })) await this.#do("again", { day }, t("upward.again_done"));
  }

  async #do(what, body, done) {
    try {
      await api.post(`ratings/upward/${what}`, body, { timeout_ms: 90_000 });
      if (done) toast(done, "ok", { ms: 2500 });
    } catch (error) {
      toast(errorText(error), "bad");
    }
    await this.load();
  }
}

/* A word for why nothing came back. */
function reason(word) {
  const status = /^status_(\d+)$/.exec(word);
  return status ? t("upward.reason.status", { status: status[1] }) : has(`upward.reason.${word}`) ? t(`upward.reason.${word}`) : word;
}
