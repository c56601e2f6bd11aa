/** Which matter: found by everyday words, or among those that may be filed here. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { choices, nothing } from "/static/visitor/steps.js";
import { modes } from "/static/visitor/modes.js";

const LOOK_MS = 250, AT_ONCE = 8, AT_ONCE_LARGE = 4, AT_ONCE_LOW = 2, FOUND = 12;

export async function mattersView(terminal, at, signal) {
  const place = el("div.s-found", { "aria-live": "polite" });
  const input = el("input.input.s-input", { id: "search", type: "search", value: at.q ?? "", placeholder: t("self.search_hint"), "aria-label": t("self.search"), autocomplete: "off", dataset: { keys: "pinyin" }, on: { input: () => { at.q = input.value; at.page = 0; clearTimeout(at.timer); at.timer = setTimeout(look, LOOK_MS); } } });
  terminal.show({ title: t("self.which_matter"), body: [el("div.s-search", {}, icon("search"), input), place] });
  const open = await terminal.trying(() => terminal.get("applications/matters?channel=terminal"), { again: () => terminal.draw(), signal });
  if (!open) return;
  const known = new Map(open.matters.map((one) => [one.id, one]));
  look();

  async function look() {
    if (!at.q?.trim()) { list(open.matters, ""); return; }
    try {
      const { matters } = await terminal.get(`matters?${new URLSearchParams({ q: at.q, limit: FOUND })}`, signal);
      if (signal.aborted) return;
      const here = matters.filter((one) => known.has(one.id));
      const elsewhere = matters.filter((one) => !known.has(one.id)).slice(0, 3);
      list(here, t("self.not_here"), elsewhere);
    } catch (error) { if (!signal.aborted) terminal.failed(error, { again: () => terminal.draw(), signal }); }
  }

  function list(matters, empty, elsewhere = []) {
    const many = modes.isLow() ? AT_ONCE_LOW : modes.isLarge() ? AT_ONCE_LARGE : AT_ONCE;
    const pages = Math.max(1, Math.ceil(matters.length / many));
    const page = Math.min(at.page ?? 0, pages - 1);
    const turn = (by) => () => { at.page = page + by; list(matters, empty, elsewhere); };
    fill(place,
      matters.length ? choices(matters.slice(page * many, (page + 1) * many).map((one) => ({ id: `matter-${one.id}`, name: named(one), note: departmentOf(known.get(one.id)), act: () => terminal.go({ name: "matter", id: one.id }) })), { columns: 2, label: t("self.which_matter") }) : nothing("search", t("self.nothing_here"), empty),
      pages > 1 && el("div.s-pages", {}, el("button.btn.btn--lg", { id: "earlier", disabled: page === 0, on: { click: turn(-1) } }, icon("arrow-left"), t("self.page_before")), el("span.num", {}, t("self.page_n", { n: page + 1, of: pages })), el("button.btn.btn--lg", { id: "later", disabled: page === pages - 1, on: { click: turn(1) } }, t("self.page_after"), icon("arrow-right"))),
      elsewhere.length > 0 && el("section.s-elsewhere", {}, el("h2", {}, t("self.at_window")), choices(elsewhere.map((one) => ({ name: named(one), note: t("self.see_guide"), icon: "info", act: () => location.assign(`/guide?${new URLSearchParams({ machine: "terminal", matter: one.id })}`) })), { columns: 2 })));
  }
}

const departmentOf = (one) => (one ? named(one, "department_name") : "");

/** What it needs, before anybody says who they are. */
export async function matterView(terminal, { id }, signal) {
  terminal.loading(t("self.loading"));
  const told = await terminal.trying(() => terminal.get(`guidance/matters/${encodeURIComponent(id)}`), { again: () => terminal.draw(), signal });
  if (!told) return;
  const { matter, edition, ways } = told;
  if (!edition || !ways.terminal) {
    terminal.show({ title: named(matter), over: named(told.department ?? {}), body: [el("p.notice.notice--warn", {}, icon("info"), el("span", {}, t("self.not_here"))), choices([{ id: "guide", icon: "info", name: t("self.see_guide"), act: () => location.assign(`/guide?${new URLSearchParams({ machine: "terminal", matter: id })}`) }])] }, signal);
    return;
  }
  const days = edition.promise_workdays ? t("self.workdays", { n: edition.promise_workdays }) : t("self.on_the_spot");
  const fee = edition.fees.length ? edition.fees.map((one) => `${one.name} ${(one.amount_fen / 100).toFixed(2)} 元`).join("、") : t("self.no_fee");
  terminal.show({
    title: named(matter), over: named(told.department ?? {}), hint: t("self.matter_hint"),
    next: { text: t("self.begin"), act: () => terminal.asSomebody({ name: "apply", matter: id }) },
    body: [el("dl.card.s-facts", {}, fact(t("self.takes"), days), fact(t("self.costs"), fee)), edition.questions.length > 0 && el("p.muted", {}, t("self.questions_n", { n: edition.questions.length }))],
  }, signal);
}

const fact = (name, value) => el("div", {}, el("dt", {}, name), el("dd", {}, value));
