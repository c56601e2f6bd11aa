/** The dialog in which staff choose what the visitor shall confirm; what was typed stays until the ticket leaves. */

import { api, newKey } from "/static/api.js";
import { el, fill, say } from "/static/dom.js";
import { ask, errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { timeOfDay } from "/static/numbers.js";
import { open } from "/pages/hall_queue/console-dialog.js";
import { chooseDocument } from "./console-document.js";
import { downloadPdf } from "./download.js";

const DEFAULTS = ["name", "id_number", "phone"];
const drafts = new Map(); // by ticket

/** Forgets what was typed for every ticket but this one. */
export function forgetDrafts(ticket) {
  for (const known of [...drafts.keys()]) if (known !== ticket) drafts.delete(known);
}

/**
 * Asks what to show and sends it.
 * @param {{window: string, picture: () => object|null, again: object|null}} about  again: the ended sheet to correct
 */
export async function askSheet({ window, picture, again }) {
  const base = `windows/${encodeURIComponent(window)}/confirmations`;
  let draft;
  try {
    draft = await begin(base, again);
  } catch (error) { toast(errorText(error), "bad"); return null; }
  return open(t("console_confirm.title", { number: draft.number }), (done) => new Dialog({ base, draft, picture, done }).parts);
}

/** The draft of the ticket that is served: what was typed before, what the sheet to correct said, or the matter's last lines. */
async function begin(base, again) {
  const found = await api.get(`${base}/draft`);
  if (again) drafts.set(found.ticket, { ...found, ...(await said(base, again)) });
  const known = drafts.get(found.ticket);
  if (known) return Object.assign(known, { matters: found.matters });
  const draft = { ...found, fields: linesOf(found), ticked: new Set(), others: [], document: null };
  drafts.set(found.ticket, draft);
  return draft;
}

const linesOf = ({ fields, has_template }) => (has_template ? fields.map((one) => ({ ...one })) : DEFAULTS.map((name) => ({ label: t(`console_confirm.default.${name}`), value: "" })));

async function said(base, { id }) {
  const { content } = await api.get(`${base}/${id}/sheet`);
  const sheet = JSON.parse(content);
  return { title: sheet.title, fields: sheet.fields.map((one) => ({ ...one })), ticked: new Set(sheet.materials), others: sheet.materials, document: sheet.document };
}

class Dialog {
  #base; #draft; #picture; #done; #fields = el("div.sheet__fields"); #materials = el("div.sheet__materials"); #fault = el("p.field__error", { role: "alert" }); #send; #screens = el("div"); #sent = null;

  constructor({ base, draft, picture, done }) {
    this.#base = base;
    this.#draft = draft;
    this.#picture = picture;
    this.#done = done;
    this.#send = el("button.btn.btn--primary.btn--lg", { id: "sheet-send", type: "submit" }, t("console_confirm.send"));
    this.#send.type = "submit";
  }

  get parts() {
    this.#drawFields();
    this.#drawMaterials();
    this.#drawScreens();
    const form = el("form.sheet", { id: "sheet", autocomplete: "off", on: { submit: (event) => { event.preventDefault(); this.#submit(); } } },
      el("div.sheet__scroll", {}, this.#heading(),
        part("console_confirm.fields", this.#draft.has_template && el("p.muted.small", {}, t("console_confirm.from_last")), this.#fields, el("button.btn.btn--sm", { id: "sheet-add-field", on: { click: () => this.#addField() } }, icon("plus"), t("console_confirm.add_field"))),
        part("console_confirm.materials", this.#materials),
        part("console_confirm.document", chooseDocument({ base: this.#base, draft: this.#draft, onBusy: (busy) => { this.#send.disabled = busy; } })),
        this.#recent()),
      this.#screens, this.#fault,
      el("div.dialog__actions", {}, el("button.btn", { on: { click: () => this.#done(null) } }, t("common.cancel")), this.#send));
    return { body: form };
  }

  #heading() {
    const { matters, matter, title } = this.#draft;
    const choose = el("select.select", { id: "sheet-matter", on: { change: (event) => this.#matterIs(event.target.value) } }, matters.map((one) => el("option", { value: one.id, selected: one.id === matter }, named(one))));
    return el("div.sheet__heading", {},
      matters.length > 1 ? el("label.field", {}, el("span.field__label", {}, t("console_confirm.matter")), choose) : matters.length === 1 && el("p.sheet__matter", {}, el("span.muted", {}, `${t("console_confirm.matter")} `), named(matters[0])),
      el("label.field", {}, el("span.field__label", {}, t("console_confirm.heading")), el("input.input", { id: "sheet-title", maxlength: 80, value: title, placeholder: t("console_confirm.heading_hint"), on: { input: (event) => { this.#draft.title = event.target.value; } } })));
  }

  /** Another matter brings its own lines and materials, unless something has been typed. */
  async #matterIs(matter) {
    this.#draft.matter = matter;
    this.#draft.ticked.clear();
    if (!this.#draft.fields.some((one) => one.value.trim())) {
      try {
        const found = await api.get(`${this.#base}/draft?matter=${encodeURIComponent(matter)}`);
        Object.assign(this.#draft, { fields: linesOf(found), title: found.title, has_template: found.has_template });
        this.#drawFields();
      } catch (error) { say(this.#fault, errorText(error)); }
    }
    this.#drawMaterials();
  }

  #drawFields() {
    fill(this.#fields, this.#draft.fields.map((field, at) => el("div.sheet__field", {},
      el("input.input", { id: `label-${at}`, maxlength: 40, value: field.label, "aria-label": t("console_confirm.label"), placeholder: t("console_confirm.label"), on: { input: (event) => { field.label = event.target.value; } } }),
      el("input.input", { id: `value-${at}`, maxlength: 500, value: field.value, autofocus: at === 0, "aria-label": field.label || t("console_confirm.value"), placeholder: t("console_confirm.value"), on: { input: (event) => { field.value = event.target.value; }, keydown: (event) => this.#onEnter(event, at) } }),
      el("button.btn.btn--quiet.btn--icon", { tabindex: "-1", "aria-label": t("console_confirm.remove_field", { label: field.label }), title: t("console_confirm.remove_field", { label: field.label }), on: { click: () => { this.#draft.fields.splice(at, 1); this.#drawFields(); } } }, icon("close")))));
  }

  /* A card reader that types ends with Enter: that goes to the next line and never sends. */
  #onEnter(event, at) {
    if (event.key !== "Enter" || event.ctrlKey) return;
    event.preventDefault();
    (document.getElementById(`value-${at + 1}`) ?? document.getElementById("sheet-add-field")).focus();
  }

  #addField() {
    this.#draft.fields.push({ label: "", value: "" });
    this.#drawFields();
    document.getElementById(`label-${this.#draft.fields.length - 1}`)?.focus();
  }

  #drawMaterials() {
    const { matters, matter, ticked, others } = this.#draft;
    const listed = matters.find((one) => one.id === matter)?.materials ?? [];
    const all = [...new Set([...listed, ...others])];
    const box = (one) => el("label.check", {}, el("input", { type: "checkbox", checked: ticked.has(one), on: { change: (event) => { if (event.target.checked) ticked.add(one); else ticked.delete(one); } } }), el("span", {}, one));
    const input = el("input.input", { id: "sheet-material", maxlength: 200, placeholder: t("console_confirm.add_material"), "aria-label": t("console_confirm.add_material"), on: { keydown: (event) => { if (event.key === "Enter") { event.preventDefault(); add(); } } } });
    const add = () => {
      const text = input.value.trim();
      if (!text) return;
      if (!others.includes(text)) others.push(text);
      ticked.add(text);
      this.#drawMaterials();
      document.getElementById("sheet-material")?.focus();
    };
    fill(this.#materials, !all.length && el("p.muted.small", {}, t("console_confirm.no_materials")), all.map(box),
      el("div.sheet__add", {}, input, el("button.btn", { on: { click: add } }, t("console_confirm.add"))));
  }

  #drawScreens() {
    const screens = this.#picture()?.screens ?? [];
    const address = `/confirm/${this.#base.split("/")[1]}`;
    fill(this.#screens, !screens.length && el("div.notice.notice--warn.sheet__screens", {}, icon("screen"), el("span.grow", {}, t("console_confirm.no_screen")),
      el("a.btn.btn--sm", { href: address, target: "_blank", rel: "noopener", id: "sheet-open-screen" }, t("console_confirm.open_screen"))));
  }

  #recent() {
    const signed = (this.#picture()?.recent ?? []).filter((one) => one.state === "confirmed");
    return signed.length > 0 && el("details.sheet__recent", {}, el("summary", {}, t("console_confirm.recent")), el("ul", {}, signed.map((one) => el("li", {}, el("span.num.muted", {}, timeOfDay(one.ended_at)), el("span.num.strong", {}, one.number),
      el("button.btn.btn--sm", { on: { click: () => downloadPdf(one).catch((error) => say(this.#fault, errorText(error))) } }, icon("document"), t("console_confirm.pdf"))))));
  }

  get #body() {
    const { ticket, matter, title, fields, ticked, document } = this.#draft;
    const lines = fields.map((one) => ({ label: one.label.trim(), value: one.value.trim() })).filter((one) => one.value);
    return { ticket, matter, title: title.trim(), fields: lines, materials: [...ticked], document: document?.id ?? null };
  }

  async #submit(replaces = null) {
    const body = { ...this.#body, replaces };
    if (!body.fields.length && !body.materials.length && !body.document) { say(this.#fault, t("console_confirm.nothing")); return; }
    const unnamed = this.#draft.fields.findIndex((one) => one.value.trim() && !one.label.trim());
    if (unnamed >= 0) { document.getElementById(`label-${unnamed}`).focus(); say(this.#fault, t("error.confirmation.text_empty")); return; }
    this.#send.disabled = true;
    say(this.#fault, "");
    const same = this.#sent && JSON.stringify(this.#sent.body) === JSON.stringify(body);
    this.#sent = same ? this.#sent : { body, key: newKey() };
    try {
      await api.post(this.#base, body, { key: this.#sent.key });
      drafts.delete(body.ticket);
      this.#done(true);
    } catch (error) {
      if (!error.offline) this.#sent = null;
      if (error.code === "confirmation.open" && !replaces) { await this.#askReplace(error); return; }
      say(this.#fault, errorText(error));
    } finally { this.#send.disabled = false; }
  }

  async #askReplace({ fields }) {
    if (await ask({ title: t("console_confirm.replace_title", { number: fields.number }), text: t("console_confirm.replace_text"), yes: t("console_confirm.replace_yes"), danger: true })) await this.#submit(fields.confirmation);
  }
}

const part = (key, ...body) => el("section.sheet__part", {}, el("h3", {}, t(key)), ...body);
