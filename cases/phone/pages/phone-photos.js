/** Photos of the materials: taken, turned, put in order, all on the phone; nothing leaves it before the application is sent. */

import { api } from "/static/api.js";
import { el, fill } from "/static/dom.js";
import { ask, errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { PAGES_MOST, keptNote, materialsOf, needsOf, taken } from "./phone-draft.js";
import { PictureFault, picture, turned } from "./phone-picture.js";
import { bytesOf, dropPage, keepDraft, keepPage, newId, pagesOf } from "./phone-store.js";

const WHY = { form: "mobile.why_form", shared: "mobile.why_shared", register: "mobile.why_other", paper: "mobile.why_paper" };

export async function photosView(phone, place, draft) {
  if (!draft.needs) { phone.loading(place, t("mobile.part_photos")); await needsOf(draft); await keepDraft(draft); }
  const back = () => phone.go(`apply/${draft.id}`);
  const sets = el("div.stack");
  const working = el("p.muted", { role: "status" });
  phone.show(place, { over: named(draft, "matter_name"), title: t("mobile.part_photos"), hint: t("mobile.photos_hint"), back, next: { text: t("mobile.save_back"), icon: "check", act: back }, body: [keptNote(draft), working, sets] });
  let offered = [], need = "";
  await draw();
  if (draft.server && draft.owner && navigator.onLine) api.get(`applications/${draft.server.id}/licences`).then((known) => { offered = known.licences; need = known.licences_need; draw(); }).catch(() => { /* without the register one takes photos */ });

  async function draw() {
    const pages = await pagesOf(draft.id);
    if (!place.isHere()) return;
    fill(sets, materialsOf(draft).map((one) => set(one, pages.filter((page) => page.material === one.id))));
  }

  function set(one, pages) {
    const lack = (draft.lacks ?? []).find((other) => other.part === `materials.${one.id}`);
    const isNeeded = one.how === "photo" || one.how === "register";
    const is = one.how === "licence" || !isNeeded || pages.length ? "done" : one.isLater ? "later" : "missing";
    const licence = one.supplies.includes("licence") && offered.find((other) => other.kind === licenceOf(one.id));
    return el("section.card.m-photo-set", { dataset: { is, material: one.id } },
      el("h2", {}, named(one)), (one.note || one.isLater) && el("p.muted.small", {}, [one.isLater && t("mobile.later"), one.note].filter(Boolean).join(" · ")),
      lack && !pages.length && el("p.field__error", {}, named(lack, "text")),
      one.how === "licence" ? el("p.notice.notice--ok", {}, icon("shield"), el("span", {}, t("mobile.why_licence"), el("button.btn.btn--sm", { on: { click: () => giveBack(one.id) } }, t("mobile.licence_back"))))
        : WHY[one.how] && !pages.length && !licence && one.how !== "register" ? el("p.notice", {}, icon("info"), el("span", {}, t("mobile.no_photo", { why: t(WHY[one.how]) }))) : null,
      pages.length > 0 && el("ol.m-photos", {}, pages.map((page, at) => photo(page, at, pages))),
      licence && one.how !== "licence" && !pages.length && el("button.btn.btn--primary.btn--block", { on: { click: () => reuse(licence) } }, icon("shield"), t("mobile.use_licence")),
      need && one.supplies.includes("licence") && one.how !== "licence" && el("p.notice", { dataset: { need } }, icon("shield"), el("span", {}, t(`mobile.licence_need_${need}`))),
      one.how === "photo" && el("div.m-shoot", {}, shoot(one, { capture: "environment" }, "scan", "mobile.shoot", `shoot-${one.id}`), shoot(one, { multiple: true }, "plus", "mobile.pick", `pick-${one.id}`)));
  }

  const licenceOf = (id) => draft.view?.edition.materials.find((one) => one.id === id)?.licence;

  function shoot(one, how, sign, key, id) {
    const input = el("input", { id, type: "file", accept: "image/*", ...how, "aria-label": `${t(key)}：${named(one)}`, on: { change: () => { add(one, [...input.files]); input.value = ""; } } });
    return el(`label.btn.btn--lg.btn--block${how.capture ? ".btn--primary" : ""}`, { for: id }, icon(sign), t(key), input);
  }

  function photo(page, at, pages) {
    const button = (sign, key, act, disabled = false) => el("button.btn.btn--quiet", { "aria-label": `${t(key)}：${t("mobile.page_n", { n: at + 1 })}`, disabled, on: { click: act } }, icon(sign));
    return el("li.m-photo", {},
      el("div.m-photo__picture", {}, el("img", { src: page.thumb, alt: t("mobile.page_n", { n: at + 1 }) }), el("span.m-photo__n.num", { "aria-hidden": "true" }, at + 1)),
      el("div.m-photo__do", {}, button("refresh", "mobile.turn", () => turn(page)), button("arrow-left", "mobile.earlier", () => swap(page, pages[at - 1]), at === 0), button("trash", "mobile.remove", () => remove(page))));
  }

  async function add(one, files) {
    const held = (await pagesOf(draft.id)).length;
    if (held + files.length > PAGES_MOST) { toast(t("mobile.photo_many", { n: PAGES_MOST }), "bad"); return; }
    fill(working, t("mobile.photo_working"));
    let place_ = Date.now();
    for (const file of files) {
      try {
        await keepPage({ id: newId(), draft: draft.id, material: one.id, place: place_++, sha256: "", isOnWay: false, ...await picture(file) });
        draft.lacks = draft.lacks?.filter((other) => other.part !== `materials.${one.id}`) ?? null;
      } catch (error) { toast(t(error instanceof PictureFault ? `mobile.photo_${error.code}` : "mobile.photo_full"), "bad"); }
    }
    await keepDraft(draft);
    fill(working);
    await draw();
  }

  async function turn(page) { await keepPage({ ...page, ...await turned({ bytes: await bytesOf(page.id) }), id: newId(), sha256: "", isOnWay: false }); await dropPage(page.id); await draw(); }
  async function swap(page, other) { [page.place, other.place] = [other.place, page.place]; await keepPage(page); await keepPage(other); await draw(); }
  async function remove(page) { await dropPage(page.id); await draw(); }

  async function reuse(licence) {
    if (!await ask({ title: t("mobile.use_licence"), text: t("mobile.licence_sure", { name: licence.name }), yes: t("mobile.licence_yes") })) return;
    await changing(() => api.post(`applications/${draft.server.id}/reuse`, { licence: licence.id, consent: true }));
  }

  async function giveBack(id) { await changing(() => api.del(`applications/${draft.server.id}/reuse?${new URLSearchParams({ licence: draft.view.licences[id].id })}`)); }

  async function changing(work) {
    try { await keepDraft(taken(draft, await work())); await draw(); } catch (error) {
      if (error.status === 401) phone.go(`apply/${draft.id}/who/expired`);
      else toast(errorText(error), "bad");
    }
  }
}
