/** The tab "devices": who is registered and present; new credentials are shown once. */

import { api } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { ask, errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";
import { dayOf, timeOfDay } from "/static/numbers.js";
import { form } from "./manager-ask.js";
import { statusBadge } from "./manager-side.js";
import { kindName, windowName } from "./manager-words.js";

const KINDS = ["kiosk", "board", "window-screen", "pad", "speaker", "led", "printer", "idreader", "handset", "terminal", "enquiry", "camera", "selfservice"];

const PAPER = { near_end: "warn", out: "bad" };

/** What a kiosk last said of its paper, where somebody should look. */
const paperBadge = ({ detail, paper = detail?.paper, paper_since }) => Object.hasOwn(PAPER, paper ?? "") && el(`span.badge.badge--${PAPER[paper]}`, {}, t(`manager.device.paper_${paper}`), paper_since && el("span.num", {}, t("manager.hand.since", { time: timeOfDay(paper_since) })));

export class DevicesTab {
  #place; #seen = null; #devices = []; #hall = { zones: [], windows: [] }; #list = el("div.edit__list"); #busy = false;

  constructor(place) { this.#place = place; }

  async open() {
    fill(this.#place, el("div.edit.edit--wide", {}, el("section.edit__main", {}, el("div.edit__tools", {}, el("p.grow", {}, el("a.btn", { id: "device-board", href: "/manager/devices" }, icon("screen"), t("devices.board"))), el("button.btn.btn--primary", { id: "new", on: { click: () => this.#create() } }, icon("plus"), t("manager.device_new"))), this.#list)));
    fill(this.#list, el("p.muted.edit__wait", {}, t("manager.loading")));
    await this.#load();
  }

  /** The live picture knows presence sooner than the list does. */
  take(view) {
    this.#seen = new Map(view.devices.map((one) => [one.id, one]));
    this.#merge();
    if (this.#devices.length) this.#draw();
  }

  #merge() { if (this.#seen) this.#devices = this.#devices.map((one) => ({ ...one, ...pick(this.#seen.get(one.id)) })); }

  async #load() {
    try {
      const [reply, hall] = await Promise.all([api.get("devices"), api.get("hall")]);
      this.#devices = reply.items ?? reply.devices ?? [];
      this.#hall = hall;
      this.#merge();
      this.#draw();
    } catch (error) {
      fill(this.#list, el("div.empty", {}, icon("alert"), el("p.empty__title", {}, errorText(error)), el("button.btn", { on: { click: () => this.open() } }, t("manager.retry"))));
    }
  }

  #draw() {
    if (!this.#devices.length) { fill(this.#list, el("div.empty", {}, icon("screen"), el("p.empty__title", {}, t("manager.devices_none")), el("p", {}, t("manager.devices_none_hint")))); return; }
    const head = ["id", "kind", "place", "status", "since"].map((name) => el("th", { scope: "col" }, t(`manager.device.${name}`)));
    fill(this.#list, el("div.table-wrap.edit__scroll", {}, el("table.table.edit__table", {}, el("thead", {}, el("tr", {}, head, el("th"))), el("tbody", {}, this.#devices.map((device) => this.#row(device))))));
  }

  #row(device) {
    const revoked = gone(device);
    return el("tr", { class: revoked ? "off" : "" }, el("td.num.strong", {}, device.id, device.name && el("span.device-name.small.muted", {}, device.name)), el("td", {}, kindName(device.kind)), el("td", {}, this.#placeName(device)),
      el("td", {}, statusBadge({ ...device, active: !revoked }), !revoked && paperBadge(device)), el("td.num", {}, device.since ? `${timeOfDay(device.since)} ${dayOf(device.since)}` : "–"),
      el("td.end", {}, !revoked && el("span.deeds", {}, el("button.btn.btn--sm", { id: `edit-${device.id}`, on: { click: () => this.#edit(device) } }, icon("edit"), t("manager.edit")), el("button.btn.btn--sm", { id: `rotate-${device.id}`, on: { click: () => this.#rotate(device) } }, icon("refresh"), t("manager.device.rotate")), el("button.btn.btn--sm.btn--danger", { id: `revoke-${device.id}`, on: { click: () => this.#revoke(device) } }, t("manager.device.revoke")))));
  }

  #placeName(device) {
    const place = device.window ?? device.zone ?? device.place ?? "";
    const id = typeof place === "string" ? place : place.id;
    const found = [...this.#hall.windows, ...this.#hall.zones].find((one) => one.id === id);
    return found ? windowName(found) : id || "–";
  }

  /** @param {{zone?: string|null, window?: string|null}} [device]  whose place is chosen already */
  #places(device = {}) {
    const option = (kind) => (one) => el("option", { value: `${kind} ${one.id}`, selected: device[kind] === one.id }, windowName(one));
    const windows = [...this.#hall.windows].sort((a, b) => a.number - b.number);
    return el("select.select", { name: "place" }, el("option", { value: "" }, "–"), this.#hall.zones.map(option("zone")), windows.map(option("window")));
  }

  async #edit(device) {
    const name = el("input.input", { name: "name", maxlength: 60, autocomplete: "off", value: device.name ?? "", autofocus: true });
    const given = await form({ title: `${kindName(device.kind)} ${device.id}`, yes: t("manager.save"), fields: [label("name", name), label("place", this.#places(device))] });
    if (!given) return;
    const [kind, where] = (given.place ?? "").split(" ");
    await this.#do(`devices/${encodeURIComponent(device.id)}`, { name: given.name ?? "", zone: null, window: null, ...(where ? { [kind]: where } : {}) }, device.id, api.patch);
  }

  async #create() {
    const kinds = el("select.select", { name: "kind" }, KINDS.map((kind) => el("option", { value: kind }, kindName(kind))));
    const places = this.#places();
    const id = el("input.input", { name: "id", pattern: "[a-z0-9][a-z0-9\\-]*", maxlength: 63, autocomplete: "off", placeholder: t("manager.device.id_hint"), autofocus: true });
    const name = el("input.input", { name: "name", maxlength: 60, autocomplete: "off" });
    const given = await form({ title: t("manager.device_new"), yes: t("manager.device_new"), fields: [label("kind", kinds), label("place", places), label("name", name), label("id", id)] });
    if (!given) return;
    const { place, ...rest } = given;
    const [kind, where] = (place ?? "").split(" ");
    await this.#do("devices", { ...rest, ...(where ? { [kind]: where } : {}) }, given.id);
  }

  async #rotate({ id }) {
    if (await ask({ title: t("manager.device.rotate_ask", { id }), text: t("manager.device.rotate_hint"), yes: t("manager.device.rotate") })) await this.#do(`devices/${encodeURIComponent(id)}/rotate`, {}, id);
  }

  async #revoke({ id }) {
    if (await ask({ title: t("manager.device.revoke_ask", { id }), text: t("manager.device.revoke_hint"), yes: t("manager.device.revoke"), danger: true })) await this.#do(`devices/${encodeURIComponent(id)}/revoke`, {}, id);
  }

  async #do(path, body, id, how = api.post) {
    if (this.#busy) return;
    this.#busy = true;
    try {
      const reply = await how(path, body);
      const credential = reply?.credential ?? reply?.password;
      if (credential) await showCredential(reply.id ?? id, credential); else toast(t("manager.saved"), "ok", { ms: 2500 });
      await this.#load();
    } catch (error) {
      toast(errorText(error), "bad", { ms: 8000 });
    } finally {
      this.#busy = false;
    }
  }
}

const label = (name, input) => el("label.field", {}, el("span.field__label", {}, t(`manager.device.${name}`)), input);
const gone = (device) => device.active === false || device.revoked === true || device.status === "revoked";
const pick = (seen) => (seen ? { status: seen.status, since: seen.since, paper: seen.paper, paper_since: seen.paper_since } : {});

/** Shown once: it can only be left on purpose, and copying says whether it worked. */
function showCredential(id, credential) {
  return new Promise((resolve) => {
    const box = el("dialog.dialog", { "aria-label": t("manager.credential", { id }), on: { close: () => { box.remove(); resolve(); }, cancel: (event) => event.preventDefault() } });
    const text = el("output.credential.num", {}, credential);
    const copy = async () => {
      try { await navigator.clipboard.writeText(credential); toast(t("manager.copied"), "ok", { ms: 2000 }); } catch { getSelection().selectAllChildren(text); toast(t("manager.copy_hand")); }
    };
    box.append(el("div.dialog__body", {}, el("h2.dialog__title", {}, t("manager.credential", { id })), el("p.notice.notice--warn", {}, icon("alert"), t("manager.credential_hint")), text,
      el("div.dialog__actions", {}, el("button.btn", { on: { click: copy } }, t("manager.copy")), el("button.btn.btn--primary", { id: "credential-close", on: { click: () => box.close() } }, t("manager.close")))));
    document.body.append(box);
    box.showModal();
  });
}
