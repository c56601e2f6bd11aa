/** The editor of an edition: every field as a form, the checks shown while one types. */

import { api } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";
import { control } from "./catalogue-controls.js";
import { FIELDS, PARTS } from "./catalogue-fields.js";
import { faultLine } from "./catalogue-faults.js";

const PAUSE_MS = 400;
const STANDING = ["number", "state", "valid_from", "valid_until", "suspended_from", "pauses", "successors"];

/** A matter that is not there yet. */
export function fresh() {
  const id = `m${[...crypto.getRandomValues(new Uint8Array(6))].map((one) => (one % 36).toString(36)).join("")}`;
  const edition = { matter: id, code: "", name: "", name_en: "", department: "", task_type: 1, level: "county", serves: "both", case_type: 2, flow: "standard", statute_workdays: 20, promise_workdays: 10, joint: false, channels: ["window"], form: {} };
  for (const name of ["conditions", "phones", "scope", "tags", "words", ...Object.keys(PARTS)]) edition[name] = [];
  return { matter: id, revision: 0, editions: [edition], faults: [], isNew: true };
}

/** The form for a matter's next edition. */
export function editor(matter, { departments, leave }) {
  const edition = structuredClone(matter.editions.at(-1));
  for (const name of STANDING) delete edition[name];
  const faults = el("ul.cat__faults", { id: "faults", "aria-live": "polite" });
  const sums = el("p.strong", { id: "fault-sums" });
  const form = el("form.cat__form", { on: { submit: (event) => { event.preventDefault(); save(); } } });
  let timer = 0;
  let turn = 0;

  const changed = () => { clearTimeout(timer); timer = setTimeout(check, PAUSE_MS); };
  const check = async () => {
    const mine = ++turn;
    try {
      const found = await api.post("editions-check", { edition });
      if (mine === turn) tell(found.faults);
    } catch (error) {
      if (mine === turn) fill(faults, el("li.cat__fault.cat__fault--error", {}, errorText(error)));
    }
  };
  const tell = (found) => {
    const errors = found.filter((one) => one.weight === "error").length;
    fill(sums, errors ? t("catalogue.errors", { n: errors }) : t("catalogue.in_order"), found.length > errors ? ` · ${t("catalogue.warnings", { n: found.length - errors })}` : "");
    sums.dataset.ok = String(errors === 0);
    for (const node of form.querySelectorAll("[aria-invalid]")) node.removeAttribute("aria-invalid");
    for (const one of found) if (one.weight === "error") place(one)?.setAttribute("aria-invalid", "true");
    fill(faults, found.map((one) => faultLine(one, go)));
  };
  const place = (fault) => {
    const [field, inner] = fault.field.split(".");
    const card = fault.row && form.querySelector(`[data-part="${field}-${fault.row}"]`);
    return (card && (card.querySelector(`[data-inner="${inner}"]`) ?? card.querySelector("input, select, textarea"))) || form.querySelector(`[data-field="${field}"]`);
  };
  const go = (fault) => {
    const node = place(fault);
    for (let outer = node?.closest("details"); outer; outer = outer.parentElement.closest("details")) outer.open = true;
    node?.focus();
    node?.scrollIntoView({ block: "center" });
  };
  const save = async () => {
    try {
      const { editions } = await api.post("editions", { edition, seen: matter.revision });
      toast(t("catalogue.kept", { n: editions[0].number }), "ok");
      leave(edition.matter);
    } catch (error) {
      toast(errorText(error), "bad");
    }
  };

  fill(form,
    el("section.card.cat__fields", {}, FIELDS.map((field) => labelled(field, control(field, edition, { changed, departments, edition }), { field: field.name }))),
    Object.entries(PARTS).map(([name, fields]) => partsOf(name, fields, edition, { changed, departments })));
  tell(matter.faults);
  if (matter.isNew) check();
  return el("div.cat__editor", {}, el("div.stack", {}, el("h2", {}, edition.name || t("catalogue.new")), form),
    el("aside.card.cat__aside", {}, sums, faults, el("div.stack", {}, el("button.btn.btn--primary.btn--block", { id: "keep", on: { click: save } }, t("catalogue.keep")), el("button.btn.btn--block", { on: { click: () => leave(matter.isNew ? "" : matter.matter) } }, t("common.cancel")))));
}

function labelled(field, node, dataset) {
  const target = node.matches("input, select, textarea") ? node : node.querySelector("input, select, textarea");
  Object.assign((target ?? node).dataset, dataset);
  return el(`${node.matches("input, select, textarea") ? "label" : "div"}.field${field.wide ? ".cat__wide" : ""}`, {}, el("span.field__label", {}, t(`catalogue.field.${field.name}`)), node, field.hint && el("span.field__hint", {}, t(field.hint)));
}

/** A list of parts: each a card that opens; added, removed and moved by buttons. */
function partsOf(name, fields, edition, means) {
  const box = el("div.stack");
  const count = el("span.badge", {}, "");
  const redraw = (open = -1) => {
    count.textContent = String(edition[name].length);
    fill(box, edition[name].map((part, place) => card(part, place, place === open)),
      el("button.btn.btn--sm", { dataset: { add: name }, on: { click: () => { edition[name].push(blank(fields)); means.changed(); redraw(edition[name].length - 1); } } }, icon("plus"), t("catalogue.add")));
  };
  const move = (place, by) => {
    const [part] = edition[name].splice(place, 1);
    if (by !== null) edition[name].splice(place + by, 0, part);
    means.changed();
    redraw();
  };
  const card = (part, place, isOpen) => {
    const title = el("span.cat__part-name", {}, nameOf(part, place));
    const changed = () => { title.textContent = nameOf(part, place); means.changed(); };
    return el("details.cat__card-part", { open: isOpen, dataset: { part: `${name}-${place + 1}` } }, el("summary", {}, title),
      el("div.cat__fields", {}, fields.map((field) => labelled(field, control(field, part, { ...means, changed, edition }), { inner: field.name }))),
      el("div.cluster", {}, el("button.btn.btn--sm", { disabled: place === 0, "aria-label": t("catalogue.up"), on: { click: () => move(place, -1) } }, "↑"),
        el("button.btn.btn--sm", { disabled: place === edition[name].length - 1, "aria-label": t("catalogue.down"), on: { click: () => move(place, 1) } }, "↓"),
        el("button.btn.btn--sm", { dataset: { remove: "" }, on: { click: () => move(place, null) } }, t("catalogue.remove"))));
  };
  redraw();
  return el("details.card.cat__parts", { open: name === "materials" }, el("summary", {}, el("h3", { dataset: { field: name }, tabindex: "-1" }, t(`catalogue.field.${name}`)), count), box);
}

const nameOf = (part, place) => `${place + 1}. ${part.name ?? part.text ?? Object.entries(part.when ?? {}).map(([id, of]) => `${id}=${of.join("/")}`).join("; ")}`;
const blank = (fields) => Object.fromEntries(fields.map((field) => [field.name, structuredClone(field.blank ?? "")]));
