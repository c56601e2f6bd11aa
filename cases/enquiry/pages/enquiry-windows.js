/** The windows: open or not, which number, what for, and who sits there, as the windows' own screens show it. */

import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { has, isChinese, named, t } from "/static/i18n.js";
import { nothing } from "/static/visitor/steps.js";

const AGAIN_MS = 15000;

export function windowsView(app, at) {
  const { signal } = app;
  app.load({ title: t("enquiry.windows"), hint: t("enquiry.windows_hint"), class: "en-list" }, (stop) => app.get("/windows", stop), ({ windows }) => {
    const zones = [...new Map(windows.map((one) => [one.zone, { name: one.zone_name, name_en: one.zone_name_en }])).entries()];
    const shown = windows.filter((one) => !at.zone || one.zone === at.zone);
    return {
      body: [
        zones.length > 1 && el("div.cluster.en-filter", { role: "group", "aria-label": t("enquiry.zone"), dataset: { scanGroup: "" } }, [["", null], ...zones].map(([id, zone]) => el("button.chip", { "aria-pressed": String((at.zone ?? "") === id), on: { click: () => app.turn({ ...at, zone: id }) } }, zone ? named(zone) : t("enquiry.all")))),
        shown.length ? el("div.en-windows", {}, shown.map(card)) : nothing("window", t("enquiry.none")),
      ],
    };
  });
  const timer = setTimeout(() => { if (!signal.aborted) app.turn(at); }, AGAIN_MS);
  signal.addEventListener("abort", () => clearTimeout(timer));
}

function card(one) {
  const open = one.state !== "closed";
  const lines = isChinese() ? one.lines : one.lines_en;
  return el("article.en-window", { id: `window-${one.id}`, dataset: { state: one.state } },
    el("header.en-window__head", {}, el("p.en-window__number.num", { "aria-label": t("enquiry.window_n", { n: one.number }) }, one.number), el("div.en-window__name", {}, el("h2", {}, named(one)), el("p.muted", {}, named(one, "zone_name"))), el("span.badge", { class: open ? (one.state === "paused" ? "badge--warn" : "badge--ok") : "" }, t(`enquiry.window.${one.state}`))),
    el("p.en-window__now", {}, one.ticket ? [el("span.muted", {}, t("enquiry.now")), " ", el("strong.num", {}, one.ticket)] : el("span.muted", {}, t(open ? "enquiry.no_ticket" : "enquiry.not_open"))),
    el("p.en-window__lines", {}, lines.join(isChinese() ? "、" : ", ")),
    one.staff && staff(one.staff));
}

function staff({ number, name, marks, photo }) {
  return el("footer.en-staff", {}, photo ? el("img.en-staff__photo", { src: `/api/v1/media/${photo}`, alt: "" }) : el("span.en-staff__photo", {}, icon("user")),
    el("div", {}, name && el("p.en-staff__name", {}, name), number && el("p.muted", {}, t("enquiry.staff_n", { n: number })),
      marks.filter((mark) => has(`pad.mark.${mark}`)).map((mark) => el("p.en-staff__mark", {}, icon("star"), t(`pad.mark.${mark}`)))));
}
