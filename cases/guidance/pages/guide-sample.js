/** The form of a matter, filled in with values of nobody, so that one sees how it is done. */

import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { isChinese, named, t } from "/static/i18n.js";
import { isShared } from "/static/visitor/machine.js";

/** @param {{id: string, title: string}} at */
export async function sampleView(guide, at, signal) {
  try {
    const { fields } = await guide.get(`matters/${encodeURIComponent(at.id)}/sample`, signal);
    guide.show({
      class: "g-form", title: t("guide.sample_of"), over: at.title, hint: t("guide.paper.sample_hint"),
      body: [
        el("div.g-read", { tabindex: 0, role: "group", "aria-label": t("guide.sample_of") }, el("dl.g-form__fields", { dataset: { mark: t("guide.paper.sample_mark") } }, fields.map(field))),
        !isShared() && el("a.btn.btn--lg", { href: `/api/v1/guidance/matters/${encodeURIComponent(at.id)}/form.pdf?sample=1`, target: "_blank", rel: "noopener" }, icon("document"), t("guide.as_pdf")),
      ],
    }, signal);
  } catch (error) { guide.failed(error, signal, () => guide.draw()); }
}

function field(one) {
  const label = named(one, "title");
  return el("div.g-form__field", {},
    el("dt", { lang: !isChinese() && !one.title_en ? "zh-CN" : null }, label, one.is_required && el("span.g-form__star", { title: t("guide.must"), "aria-label": t("guide.must") }, " *")),
    el("dd", { lang: "zh-CN" }, one.choices.length ? el("ul.g-form__choices", {}, one.choices.map((choice) => el("li", { dataset: { on: String(choice === one.value) } }, icon(choice === one.value ? "check" : "minus"), choice))) : one.value || "　"));
}
