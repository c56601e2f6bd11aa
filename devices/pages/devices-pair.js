/** Dialogs of the device board: let a device in by its code, name and place it, and how a credential is replaced. */

import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { ICONS, KINDS, kindName, nameOf, since } from "./devices-words.js";

const AT_WINDOW = new Set(["window-screen", "pad", "handset", "camera"]);
const IN_ZONE = new Set(["kiosk", "board", "speaker"]);

/** A dialog with a form; `send(values)` throws to keep it open and show why; `other` stands in for "cancel". */
function dialog({ title, hint = "", yes, fields, send, danger = false, other = null }) {
  return new Promise((resolve) => {
    const fault = el("p.field__error", { role: "alert" });
    const button = el(`button.btn${danger ? ".btn--danger" : ".btn--primary"}`, { type: "submit" }, yes);
    const submit = async (event) => {
      event.preventDefault();
      button.disabled = true;
      fault.textContent = "";
      try { const reply = await send(Object.fromEntries(new FormData(event.target))); box.close(); resolve(reply); } catch (error) { fault.textContent = error.message || t("common.failed"); } finally { button.disabled = false; }
    };
    const box = el("dialog.dialog", { "aria-label": title, on: { close: () => { box.remove(); setTimeout(resolve, 0, null); } } },
      el("form.dialog__body", { on: { submit } }, el("h2.dialog__title", {}, title), hint && el("p.muted", {}, hint), fields, fault, el("div.dialog__actions", {}, other ? el("button.btn", { id: "other", on: { click: () => { box.close(); resolve(other.value); } } }, other.text) : el("button.btn", { on: { click: () => box.close() } }, t("common.cancel")), button)));
    document.body.append(box);
    box.showModal();
  });
}

const label = (text, input, hint = "") => el("label.field", {}, el("span.field__label", {}, text), input, hint && el("span.field__hint", {}, hint));

function places(all, kind, chosen = "") {
  const fits = all.filter((one) => (AT_WINDOW.has(kind) ? one.kind === "window" : IN_ZONE.has(kind) ? one.kind === "zone" : true));
  const must = AT_WINDOW.has(kind) || IN_ZONE.has(kind);
  return el("select.select", { name: "place", required: must }, (!must || !chosen) && el("option", { value: "" }, must ? t("devices.choose") : t("devices.no_place")), fits.map((one) => el("option", { value: `${one.kind} ${one.id}`, selected: `${one.kind} ${one.id}` === chosen }, named(one))));
}

/** {zone} or {window} of a chosen place. */
function placed(value) {
  const [kind, id] = (value ?? "").split(" ");
  return id ? { [kind]: id } : {};
}

/** Lets a device in: its code typed, or picked from those who wait. @returns {Promise<object|null>} the device */
export function askPair({ waiting, picked = null, view, send }) {
  const kinds = picked ? [picked] : waiting;
  const code = el("input.input.dv-code", { name: "code", value: picked?.code ?? "", maxlength: 9, autocomplete: "off", autocapitalize: "characters", spellcheck: "false", required: true, autofocus: !picked, "aria-describedby": "code-hint" });
  const kindOf = () => kinds.find((one) => one.code === code.value.toUpperCase().replace(/[^A-Z0-9]/g, ""))?.kind ?? picked?.kind;
  const where = el("div", {});
  const others = el("select.select", { name: "replaces" });
  const draw = () => {
    const kind = kindOf();
    where.replaceChildren(label(t("devices.col.place"), places(view.places, kind)));
    const same = view.devices.filter((card) => card.shown.kind === kind);
    others.replaceChildren(el("option", { value: "" }, t("devices.replaces_none")), ...same.map((card) => el("option", { value: card.shown.id }, `${nameOf(card)} (${card.shown.id})`)));
  };
  code.addEventListener("input", draw);
  others.addEventListener("change", () => { for (const input of where.querySelectorAll("select")) { input.disabled = Boolean(others.value); } name.disabled = Boolean(others.value); });
  const name = el("input.input", { name: "name", maxlength: 60, autocomplete: "off", placeholder: t("devices.name_hint"), autofocus: Boolean(picked) });
  draw();
  const fields = [
    picked && el("p.dv-picked", {}, el("span.dv-card__icon", {}, icon(ICONS[picked.kind] ?? "screen")), el("span", {}, el("strong", {}, kindName(picked.kind)), el("span.small.muted", {}, [picked.model, picked.firmware, t("devices.since", { time: since(picked.since) })].filter(Boolean).join(" · ")))),
    label(t("devices.code"), code, el("span", { id: "code-hint" }, t(picked ? "devices.code_compare" : "devices.code_hint"))), label(t("devices.name"), name), where, label(t("devices.replaces"), others, t("devices.replaces_hint")),
  ];
  return dialog({ title: t("devices.pair"), yes: t("devices.let_in"), fields, send: (given) => send({ code: given.code, ...(given.replaces ? { replaces: given.replaces } : { name: given.name ?? "", ...placed(given.place) }) }) });
}

/** How to get a device to show a code: which address a browser opens, what a gateway does. Resolves to "by_hand" where somebody wants that. */
export function showHow() {
  const links = ["board", "window-screen", "kiosk", "pad", "speaker"].map((kind) => el("li", {}, icon(ICONS[kind]), el("span", {}, kindName(kind)), el("code.num", {}, `${location.origin}/pair/${kind}`)));
  return dialog({ title: t("devices.how"), hint: t("devices.how_browser"), yes: t("devices.close"), fields: [el("ul.dv-how", {}, links), el("p.muted", {}, t("devices.how_gateway")), el("code.num.dv-code-line", {}, "run.py gateway --config gateway.toml --pair")], send: async () => true, other: { value: "by_hand", text: t("devices.by_hand") } });
}

/** Names and places a device anew. */
export function askEdit({ card, view, send }) {
  const { shown } = card;
  const chosen = shown.window ? `window ${shown.window}` : shown.zone ? `zone ${shown.zone}` : "";
  return dialog({ title: `${kindName(shown.kind)} ${shown.id}`, yes: t("devices.save"), fields: [label(t("devices.name"), el("input.input", { name: "name", maxlength: 60, value: shown.name, autocomplete: "off", autofocus: true })), label(t("devices.col.place"), places(view.places, shown.kind, chosen))], send: (given) => send({ name: given.name, zone: null, window: null, ...placed(given.place) }) });
}

/** A new credential over the device's own connection; one that is away needs a choice. */
export function askRenew({ card, send }) {
  const isHere = ["online", "fault"].includes(card.shown.status);
  const option = (value, isFirst) => el("label.dv-choice", {}, el("input", { type: "radio", name: "offline", value, checked: isFirst }), el("span", {}, el("strong", {}, t(`devices.renew_${value}`)), el("span.small.muted", {}, t(`devices.renew_${value}_hint`))));
  return dialog({ title: t("devices.renew_ask", { name: nameOf(card) }), hint: t(isHere ? "devices.renew_here" : "devices.renew_away"), yes: t("devices.renew"), fields: isHere ? [] : [option("wait", true), option("end", false)], send: ({ offline = "wait" }) => send({ offline }) });
}

/** Registers a device that cannot show a code; its credential is shown once. */
export function askByHand({ view, send }) {
  const kinds = el("select.select", { name: "kind" }, KINDS.map((kind) => el("option", { value: kind }, kindName(kind))));
  const where = el("div", {});
  const draw = () => where.replaceChildren(label(t("devices.col.place"), places(view.places, kinds.value)));
  kinds.addEventListener("change", draw);
  draw();
  const id = el("input.input", { name: "id", pattern: "[a-z0-9][a-z0-9\\-]*", maxlength: 63, autocomplete: "off", placeholder: t("devices.id_hint") });
  return dialog({ title: t("devices.by_hand"), hint: t("devices.by_hand_hint"), yes: t("devices.let_in"), fields: [label(t("devices.col.kind"), kinds), where, label(t("devices.name"), el("input.input", { name: "name", maxlength: 60, autocomplete: "off" })), label(t("devices.fact.id"), id)], send: ({ place, id: given, ...rest }) => send({ ...rest, ...(given ? { id: given } : {}), ...placed(place) }) });
}

/** Shows a credential once; it is left on purpose only. */
export function showCredential(id, credential) {
  return new Promise((resolve) => {
    const text = el("output.dv-credential.num", {}, credential);
    const copied = el("span.small", { role: "status" });
    const copy = async () => { try { await navigator.clipboard.writeText(credential); copied.textContent = t("devices.copied"); } catch { getSelection().selectAllChildren(text); copied.textContent = t("devices.copy_hand"); } };
    const box = el("dialog.dialog", { "aria-label": t("devices.credential_of", { id }), on: { close: () => { box.remove(); resolve(); }, cancel: (event) => event.preventDefault() } }, el("div.dialog__body", {}, el("h2.dialog__title", {}, t("devices.credential_of", { id })), el("p.notice.notice--warn", {}, icon("alert"), t("devices.credential_once")), text, copied, el("div.dialog__actions", {}, el("button.btn", { on: { click: copy } }, t("devices.copy")), el("button.btn.btn--primary", { id: "credential-close", on: { click: () => box.close() } }, t("devices.close")))));
    document.body.append(box);
    box.showModal();
  });
}
