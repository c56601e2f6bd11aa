/** Beside which kiosk a card reader or a printer stands: asked for and said in the side panel of the device. */

import { api } from "/static/api.js";
import { el, fill, say } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { named, t } from "/static/i18n.js";

const KINDS = new Set(["idreader", "printer", "page-printer"]);
const KIOSKS = new Set(["kiosk", "enquiry", "selfservice"]);
let open = null; // the box of the device that is shown, so that a new picture of it does not shut the list

/** The box, or null for devices that stand beside nothing. */
export function besideBox({ shown }) {
  if (!KINDS.has(shown.kind)) { open = null; return null; }
  if (open?.id !== shown.id || open.kind_words !== t("devices.beside")) open = { id: shown.id, kind_words: t("devices.beside"), node: box(shown.id) };
  return open.node;
}

function box(id) {
  const list = el("select.input", { id: "beside", disabled: true, on: { change: save } });
  const told = el("p.small.muted", { role: "status" }, t("devices.beside_hint"));
  load();
  return el("label.field.dv-beside", {}, el("span.field__label", {}, t("devices.beside")), list, told);

  async function load() {
    try {
      const [{ items }, { kiosk }] = await Promise.all([api.get("devices"), api.get(`devices/${encodeURIComponent(id)}/kiosk`)]);
      const kiosks = items.filter((one) => KIOSKS.has(one.kind) && one.active !== false);
      const missing = kiosk && !kiosks.some((one) => one.id === kiosk) ? [{ id: kiosk, name: "" }] : [];
      fill(list, el("option", { value: "" }, t("devices.beside_place")), [...kiosks, ...missing].map((one) => el("option", { value: one.id }, one.name ? `${named(one)} · ${one.id}` : one.id)));
      list.value = kiosk ?? "";
      list.disabled = false;
    } catch (error) { say(told, errorText(error)); }
  }

  async function save() {
    list.disabled = true;
    try {
      await api.put(`devices/${encodeURIComponent(id)}/kiosk`, { kiosk: list.value || null });
      say(told, t("devices.beside_saved"));
    } catch (error) { say(told, errorText(error)); await load(); }
    list.disabled = false;
  }
}
