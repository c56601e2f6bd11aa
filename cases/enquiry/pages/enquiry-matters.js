/** Matters by everyday words, and by department. */

import { api } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { modes } from "/static/visitor/modes.js";
import { choices, nothing } from "/static/visitor/steps.js";

const TYPED_MS = 200;
const FOUND = 24;
const PAGE = 60;

export function mattersView(app, at) {
  const found = el("div.en-found", { "aria-live": "polite" });
  const field = el("input.input.en-search__field", { id: "q", type: "search", dataset: { keys: "pinyin" }, enterkeyhint: "search", autocomplete: "off", spellcheck: "false", maxlength: 40, value: at.q ?? "", placeholder: t("enquiry.ask"), "aria-label": t("enquiry.ask"), on: { input: () => { at.q = field.value; wait(); } } });
  let timer = 0;
  const wait = () => { clearTimeout(timer); timer = setTimeout(look, TYPED_MS); };
  const signal = app.signal;
  let last = 0;
  async function look() {
    const ask = (last += 1);
    const q = field.value.trim();
    try {
      const { matters } = await api.get(`matters?${new URLSearchParams({ q, limit: q ? FOUND : 12 })}`, { signal });
      if (ask === last) fill(found, !q && el("p.v-over", {}, t("enquiry.often")), matters.length ? list(app, matters) : nothing("search", t("enquiry.nothing"), t("enquiry.nothing_todo")));
    } catch (error) {
      if (!signal.aborted) fill(found, nothing("alert", errorText(error)));
    }
  }
  app.show({
    title: t("enquiry.matters"), hint: t("enquiry.matters_hint"), class: "en-list",
    body: [el("form.en-search", { role: "search", on: { submit: (event) => { event.preventDefault(); look(); } } }, icon("search"), field,
      el("button.btn.btn--icon", { type: "button", id: "q-clear", "aria-label": t("kit.key.clear"), on: { click: () => { field.value = ""; at.q = ""; look(); field.focus(); } } }, icon("close"))), found],
  });
  look();
  if (at.typing) { at.typing = false; field.focus(); }
}

export function departmentsView(app) {
  const departments = (app.hall?.departments ?? []).filter((one) => one.matters);
  if (!app.hall) { app.load({ title: t("enquiry.departments") }, (signal) => api.get("hall", { signal }), (hall) => ({ class: "en-list", body: offices(app, hall.departments.filter((one) => one.matters)) })); return; }
  app.show({ title: t("enquiry.departments"), hint: t("enquiry.departments_hint"), class: "en-list", body: departments.length ? offices(app, departments) : nothing("building", t("enquiry.none")) });
}

const offices = (app, departments) => choices(departments.map((one) => ({ id: `department-${one.id}`, name: named(one), note: t("enquiry.matters_n", { n: one.matters }), icon: "building", act: () => app.go({ name: "department", department: one }) })), { columns: 3, label: t("enquiry.departments") });

export function departmentView(app, at) {
  const limit = at.limit ?? PAGE;
  const frame = { title: named(at.department), over: t("enquiry.departments"), class: "en-list" };
  app.load(frame, (signal) => api.get(`matters?${new URLSearchParams({ department: at.department.id, limit: limit + 1 })}`, { signal }), ({ matters }) => ({
    hint: t("enquiry.department_hint"),
    body: [list(app, matters.slice(0, limit)), matters.length > limit && el("button.btn.btn--lg", { id: "more", on: { click: () => app.turn({ ...at, limit: limit + PAGE }) } }, icon("plus"), t("enquiry.more"))],
  }));
}

const list = (app, matters) => choices(matters.map((one) => ({ id: `matter-${one.id}`, name: named(one), note: named(one, "department_name"), act: () => app.guide(one.id) })), { columns: modes.isLarge() ? 1 : 2, label: t("enquiry.matters") });
