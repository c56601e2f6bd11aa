/** What is to be handed in: licences by consent, what the departments have, pages from the scanner or a file; the rest on paper. */

import { ApiError, api } from "/static/api.js";
import { deviceHeader } from "/static/device-key.js";
import { el, fill } from "/static/dom.js";
import { ask, errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { lang, named, t } from "/static/i18n.js";
import { blobAddress } from "/static/visitor/forget.js";
import { choices } from "/static/visitor/steps.js";
import { xsrfHeader } from "/static/xsrf.js";
import { STEPS, saved } from "./self-apply.js";

const UPLOAD_MS = 60_000;

export async function materialsView(terminal, at, signal) {
  const { application } = terminal;
  const materials = open(application);
  const shared = materials.filter((one) => one.supplies.includes("shared") && !application.shared.includes(one.id)).map((one) => one.id);
  if (shared.length && !application.open_parts && !at.isShared) { at.isShared = true; if (!await saved(terminal, { shared: [...application.shared, ...shared] })) return; terminal.draw(); return; }
  const state = (one) => stateOf(application, one);
  terminal.show({
    over: named(application.edition), title: t("self.materials"), hint: t("self.materials_hint"), step: 3, of: STEPS,
    next: { act: () => terminal.go(application.open_parts ? { name: "check" } : { name: "delivery" }) },
    body: materials.length ? choices(materials.map((one) => ({ id: `material-${one.id}`, icon: state(one).sign, name: named(one), note: t(`self.material_${state(one).name}`, { n: state(one).n }), isOn: state(one).isDone ? true : undefined, act: () => terminal.go({ name: "material", id: one.id }) }))) : el("p.notice.notice--ok", {}, icon("check"), el("span", {}, t("self.no_materials"))),
  }, signal);
}

const open = ({ needs, open_parts }) => (open_parts ? needs.materials.filter((one) => open_parts.includes(`materials.${one.id}`)) : needs.materials);

function stateOf(application, one) {
  const n = application.pages.filter((page) => page.material === one.id).length;
  if (application.licences[one.id]) return { name: "licence", sign: "shield", isDone: true };
  if (n) return { name: "pages", sign: "document", n, isDone: true };
  if (application.shared.includes(one.id)) return { name: "shared", sign: "check", isDone: true };
  if (one.supplies.includes("form")) return { name: "form", sign: "edit", isDone: true };
  if (application.needs.later.includes(one.id)) return { name: "later", sign: "clock", isDone: false };
  return { name: one.supplies.includes("scan") || one.supplies.includes("licence") ? "todo" : "paper", sign: "plus", isDone: false };
}

/** One material: its pages in their order, or the licence that stands for it. */
export async function materialView(terminal, { id }, signal) {
  const { application } = terminal;
  const one = application.needs.materials.find((other) => other.id === id);
  if (!one) { terminal.turn({ name: "materials" }); return; }
  const said = el("div", { role: "status" });
  const used = application.licences[id];
  const pages = application.pages.filter((page) => page.material === id);
  const input = el("input", { id: "file", type: "file", accept: "image/*,application/pdf", multiple: true, on: { change: () => { upload([...input.files]); input.value = ""; } } });
  const ways = el("div.s-ways", {});
  terminal.show({
    over: t("self.materials"), title: named(one), hint: [one.issuer && t("self.issued_by", { name: one.issuer }), one.note].filter(Boolean).join(" · "), next: { text: t("self.done_here"), icon: "check", act: () => terminal.back() },
    body: [said,
      used && el("div.notice.notice--ok", {}, icon("shield"), el("div", {}, el("strong", {}, used.name), el("p.num", {}, used.number_masked), el("button.btn", { id: "give-back", on: { click: () => giveBack(used) } }, t("self.licence_back")))),
      pages.length > 0 && el("ol.s-pagesheets", {}, pages.map((page, n) => sheet(page, n))), ways],
  }, signal);
  draw([]);
  if (!used && one.licence) {
    const known = await terminal.get(`applications/${application.id}/licences`, signal).catch(() => null);
    if (known && !signal.aborted) draw(known.licences.filter((licence) => licence.kind === one.licence), one.supplies.includes("licence") ? known.licences_need : "");
  }

  function draw(licences, need = "") {
    fill(ways,
      licences.length > 0 && choices(licences.map((licence) => ({ id: `licence-${licence.id}`, icon: "shield", name: t("self.use_licence", { name: licence.name }), note: licence.number_masked, act: () => reuse(licence) }))),
      need && el("p.notice", { dataset: { need } }, icon("shield"), el("span", {}, t(`self.licence_need_${need}`))),
      !used && one.supplies.includes("scan") && [navigator.mediaDevices?.getUserMedia && choices([{ id: "camera", icon: "scan", name: t("self.scan"), note: t("self.scan_hint"), act: () => camera() }]), el("label.v-choice", { for: "file" }, icon("plus"), el("span.v-choice__text", {}, el("span.v-choice__name", {}, t("self.from_file")), el("span.v-choice__note", {}, t("self.from_file_hint"))), input)],
      !used && !one.supplies.includes("scan") && !licences.length && el("p.notice", {}, icon("info"), el("span", {}, t(one.supplies.includes("form") ? "self.material_form" : "self.bring_paper"))));
  }

  function sheet(page, n) {
    const picture = el("img", { alt: t("self.page_of", { n: n + 1 }) });
    shown(page, picture, signal);
    return el("li.s-sheet", {}, picture, el("span.num", {}, n + 1), el("button.btn.btn--icon", { "aria-label": `${t("self.remove")}：${t("self.page_of", { n: n + 1 })}`, on: { click: () => remove(page) } }, icon("trash")));
  }

  async function upload(files) {
    for (const [n, file] of files.entries()) {
      fill(said, el("p.notice", {}, icon("hold"), el("span", {}, t("self.uploading", { n: n + 1, of: files.length }))));
      try { terminal.take(await post(`/api/v1/applications/${application.id}/pages?${new URLSearchParams({ material: id })}`, file)); } catch (error) {
        if (signal.aborted) return;
        if (error.status === 401) { terminal.failed(error, { signal }); return; }
        fill(said, el("p.notice.notice--bad", { role: "alert" }, icon("alert"), el("span", {}, error.offline ? t("self.no_link_hint") : errorText(error))));
        return;
      }
      if (signal.aborted) return;
    }
    terminal.draw();
  }

  async function changing(work) { if (await terminal.trying(async () => terminal.take(await work()), { again: () => terminal.draw(), signal })) terminal.draw(); }
  const remove = (page) => changing(() => api.del(`applications/${application.id}/pages/${page.sha256}`));
  const giveBack = (licence) => changing(() => api.del(`applications/${application.id}/reuse?${new URLSearchParams({ licence: licence.id })}`));

  async function reuse(licence) {
    if (!await ask({ title: t("self.consent"), text: t("self.consent_text", { name: licence.name }), yes: t("self.consent_yes"), no: t("self.consent_no") })) return;
    await changing(() => api.post(`applications/${application.id}/reuse`, { licence: licence.id, consent: true }));
  }

  /* The document camera of the machine: seen before it is taken. */
  async function camera() {
    let stream = null;
    try { stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 3264 }, height: { ideal: 2448 } } }); } catch { fill(said, el("p.notice.notice--warn", { role: "alert" }, icon("alert"), el("span", {}, t("self.no_camera")))); return; }
    const video = el("video.s-camera", { autoplay: true, muted: true, playsinline: true });
    video.srcObject = stream;
    const stop = () => { for (const track of stream.getTracks()) track.stop(); };
    signal.addEventListener("abort", stop, { once: true });
    fill(ways, video, el("div.s-pages", {}, el("button.btn.btn--lg", { id: "camera-stop", on: { click: () => { stop(); terminal.draw(); } } }, t("common.cancel")), el("button.btn.btn--primary.btn--xl", { id: "shoot", on: { click: () => shoot() } }, icon("scan"), t("self.shoot"))));
    async function shoot() {
      const canvas = el("canvas", { width: video.videoWidth, height: video.videoHeight });
      canvas.getContext("2d").drawImage(video, 0, 0);
      const blob = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.9); });
      stop();
      await upload([blob]);
    }
  }
}

/* With the machine's own word and the visitor's session; kept nowhere. */
async function shown(page, picture, signal) {
  try {
    const response = await fetch(page.path, { headers: deviceHeaders(), credentials: "same-origin", cache: "no-store", signal });
    if (response.ok) picture.src = blobAddress(await response.blob());
  } catch { /* the page is there, its picture is not */ }
}

async function post(address, file) {
  const headers = { Accept: "application/json", "Accept-Language": lang(), "Content-Type": file.type || "application/octet-stream", ...deviceHeaders(), ...xsrfHeader(address) };
  let response;
  try { response = await fetch(address, { method: "POST", headers, body: file, credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(UPLOAD_MS) }); } catch { throw new ApiError({ code: "network.unreachable", message: "", status: 0 }); }
  const body = await response.json().catch(() => null);
  if (!response.ok) throw new ApiError({ ...(body?.error ?? { code: `http.${response.status}`, message: "" }), status: response.status });
  return body;
}

/** The machine's own credential, where it is a device of the hall. */
export function deviceHeaders() {
  const header = deviceHeader();
  return header ? { Authorization: header } : {};
}
