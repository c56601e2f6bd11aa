/** How right the wait estimate is today, beside the naive rule: a small card, and each line in a dialog. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { lang, named, t } from "/static/i18n.js";
import { count, percent } from "/static/numbers.js";

const ENOUGH = 50; // fewer waits say nothing of nine in ten
const PROMISED = { least: 0.85, most: 0.95 };
const COLUMNS = ["line", "waits", "error", "naive", "coverage", "loss_50", "loss_90"];
const EXPLAINED = ["naive", "coverage", "loss"];

export class EstimateCard {
  #view = null; #table = null;

  /** The card for a picture of the hall; an open dialog shows the same picture. */
  card(view) {
    this.#view = view;
    if (this.#table) fill(this.#table, rows(view));
    const { hall } = view.estimate;
    return el("section.side-card", {}, el("h2.live__title", {}, t("manager.estimate.title")),
      hall.waits ? el("button.estimate", { id: "estimate", title: t("manager.estimate.open"), on: { click: () => this.open() } }, el("span.grow", {}, el("span.estimate__error", {}, t("manager.estimate.beside", { n: minutes(hall.error_s), naive: minutes(hall.naive_error_s) })), el("span.estimate__promise", {}, promise(hall))), icon("chevron-right"))
        : el("p.muted.small", {}, t("manager.estimate.none")));
  }

  /** The same in a figure and a few words, for the board. */
  figure(view) {
    this.#view = view;
    if (this.#table) fill(this.#table, rows(view));
    const { hall } = view.estimate;
    const few = hall.waits < ENOUGH;
    return { value: hall.waits ? t("manager.board.off_by", { n: minutes(hall.error_s) }) : "–", beside: few ? t("manager.board.promise_early", { n: hall.waits, enough: ENOUGH }) : t("manager.board.promise", { share: share(hall) }) };
  }

  open() {
    this.#table = el("tbody", {}, rows(this.#view));
    const head = el("tr", {}, COLUMNS.map((name) => el("th", { scope: "col", class: name === "line" ? "" : "end" }, t(`manager.estimate.col.${name}`))));
    const box = el("dialog.dialog.estimate-lines", { "aria-label": t("manager.estimate.title"), on: { close: () => { this.#table = null; box.remove(); } } },
      el("div.dialog__body", {}, el("h2.dialog__title", {}, t("manager.estimate.title")), el("p.muted", {}, t("manager.estimate.what")),
        el("div.table-wrap.estimate-lines__scroll", { tabindex: 0 }, el("table.table.live__table", {}, el("thead", {}, head), this.#table)),
        el("dl.estimate-lines__words", {}, EXPLAINED.map((name) => [el("dt", {}, t(`manager.estimate.word.${name}`)), el("dd", {}, t(`manager.estimate.says.${name}`))])),
        el("div.dialog__actions", {}, el("button.btn.btn--primary", { id: "estimate-close", autofocus: true, on: { click: () => box.close() } }, t("manager.estimate.close")))));
    document.body.append(box);
    box.showModal();
  }
}

function rows({ estimate, lines }) {
  const known = lines.filter((line) => estimate.lines[line.id]?.waits);
  return [row(t("manager.estimate.hall"), estimate.hall, "strong"), known.map((line) => row(el("span.line-name", {}, el("span.prefix.num", {}, line.prefix), el("span.clamp-2", {}, named(line))), estimate.lines[line.id], ""))];
}

function row(name, figures, kind) {
  return el("tr", { class: kind }, el("td", {}, name), [count(figures.waits), minutes(figures.error_s), minutes(figures.naive_error_s), [share(figures), mark(figures)], pair(figures.pinball_50_s, figures.naive_pinball_50_s), pair(figures.pinball_90_s, figures.naive_pinball_90_s)].map((value) => el("td.end.num", {}, value)));
}

function promise(figures) {
  if (figures.waits < ENOUGH) return t("manager.estimate.promise_early", { n: figures.waits, enough: ENOUGH });
  return [t("manager.estimate.promise", { share: share(figures) }), mark(figures), el("span", {}, t("manager.estimate.waits", { n: count(figures.waits) }))];
}

/** Too few or too many kept within the promise: a calm word, because no visitor is worse off at this moment. */
function mark({ waits, coverage }) {
  if (waits < ENOUGH || (coverage >= PROMISED.least && coverage <= PROMISED.most)) return null;
  return el("span.badge.badge--warn", {}, t(coverage < PROMISED.least ? "manager.estimate.short" : "manager.estimate.wide"));
}

const share = ({ coverage }) => (Number.isFinite(coverage) ? percent(Math.round(coverage * 100) / 100) : "–");
const minutes = (seconds) => (Number.isFinite(seconds) ? new Intl.NumberFormat(lang(), { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(seconds / 60) : "–");
const pair = (own, naive) => [own, naive].map((s) => (Number.isFinite(s) ? count(Math.round(s)) : "–")).join(" / ");
