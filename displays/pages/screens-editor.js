/** The manager's page of the screens: what hangs where as a list of little pictures, and the editors behind it. */

import { api } from "/static/api.js";
import { $, el, fill } from "/static/dom.js";
import { ask, errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { loadTexts, named, onLang, t } from "/static/i18n.js";
import "/static/language-switch.js";
import "/static/link-banner.js";
import { live } from "/static/live.js";
import { copyOf, freshScreen } from "./screens-draft.js";
import { ScreenForm } from "./screens-form.js";
import { framed, shapeOf } from "./screens-frame.js";
import { kindName, kindOf, kindsOf } from "./screens-kinds.js";
import { PlanEditor } from "./screens-plan.js";

const TOPIC = "screens/hall";

class ScreensPage {
  #view = null; #open = null; #me; #cards = new Map();

  constructor(me) { this.#me = me; }

  start() {
    $("#main").setAttribute("aria-busy", "true");
    addEventListener("hashchange", () => this.#go());
    addEventListener("beforeunload", (event) => { if (this.#open?.isDirty) event.preventDefault(); });
    addEventListener("keydown", (event) => { if ((event.ctrlKey || event.metaKey) && event.key === "s" && this.#open) { event.preventDefault(); this.#open.save(); } });
    onLang(() => this.#draw());
    live([TOPIC], { onView: (_topic, view) => this.#take(view), onState: (state) => { $("link-banner").state = state; if (state === "refused") toSignIn(); } });
  }

  #take(view) {
    const isFirst = this.#view === null;
    this.#view = view;
    if (isFirst) this.#go();
    else if (this.#open) this.#open.take(view);
    else this.#draw();
  }

  /* #, #screen=id, #new=board, #copy=id, #plan=id, #plan=new */
  async #go() {
    const [what, id = ""] = location.hash.slice(1).split("=").map(decodeURIComponent);
    if (this.#open?.isDirty && this.#open.address !== location.hash && !(await ask({ title: t("screens.leave"), text: t("screens.leave_text"), danger: true, yes: t("screens.discard") }))) { history.replaceState(null, "", this.#open.address); return; }
    if (this.#open && this.#open.address === location.hash) return;
    this.#open?.close?.();
    this.#open = this.#editor(what, id);
    this.#draw();
  }

  #editor(what, id) {
    const screen = this.#view.screens.find((one) => one.id === id);
    const shared = { view: this.#view, address: location.hash, onDone: (saved) => this.#done(saved) };
    if (what === "screen" && screen) return new ScreenForm({ ...shared, draft: copyOf(screen) });
    if (what === "copy" && screen) return new ScreenForm({ ...shared, draft: { ...copyOf(screen), id: "", revision: 0, device: null, name: `${screen.name} 2` }, isNew: true });
    if (what === "new") return new ScreenForm({ ...shared, draft: freshScreen(id || "board", this.#view), isNew: true });
    if (what === "plan") return new PlanEditor({ ...shared, plan: this.#view.plans.find((one) => one.id === id) ?? null });
    return null;
  }

  #done(saved) {
    this.#open?.close?.();
    this.#open = null;
    if (saved) toast(t("screens.saved"), "ok");
    location.hash = "";
    this.#draw();
  }

  #draw() {
    if (!this.#view) return;
    document.title = `${t("screens.title")} · ${named(this.#view.hall)}`;
    this.#drawTop();
    $("#bar").hidden = !this.#open;
    if (this.#open) { this.#open.open($("#main"), $("#bar")); return; }
    fill($("#main"), this.#screens(), this.#plans());
  }

  #drawTop() {
    const inside = Boolean(this.#open);
    fill($("#top"), el("a.btn.btn--quiet.btn--sm", { href: inside ? "#" : "/manager", id: "back" }, icon("arrow-left"), t(inside ? "screens.back_list" : "screens.back")),
      el("h1.se__title", {}, inside ? this.#open.title : t("screens.title")),
      el("span.se__who.truncate", {}, this.#me.display_name || this.#me.name), el("language-switch"));
  }

  #screens() {
    const { screens } = this.#view;
    const add = el("div.se__add", {}, el("span.strong", {}, t("screens.add")), kindsOf(this.#view).map((kind) => el("a.btn.btn--sm", { href: `#new=${kind}`, id: `add-${kind}` }, icon("plus"), kindName(kind))));
    if (!screens.length) return el("section.stack", {}, add, el("div.empty", {}, icon("screen"), el("p.empty__title", {}, t("screens.none")), el("p", {}, t("screens.none_hint")), el("button.btn.btn--primary", { id: "usual", on: { click: (event) => this.#hangUsual(event.target) } }, t("screens.usual"))));
    return el("section.stack", {}, add, el("ul.se__list", { id: "list" }, screens.map((screen) => this.#card(screen))));
  }

  /* A card whose screen has not changed is kept, with the page in its frame. */
  #card(screen) {
    const written = JSON.stringify([screen, this.#where(screen), t("screens.change")]);
    const kept = this.#cards.get(screen.id);
    if (kept?.written === written) return kept.node;
    const node = this.#made(screen);
    this.#cards.set(screen.id, { written, node });
    return node;
  }

  #made(screen) {
    return el("li.se__card", { id: `screen-${screen.id}`, dataset: { content: screen.content } },
      el("a.se__picture", { href: `#screen=${screen.id}`, "aria-label": `${t("screens.change")} ${screen.name}` }, framed(`/screen/${screen.id}?still`, { shape: shapeOf(screen), width: 300, title: screen.name })),
      el("div.se__about", {}, el("h2.se__name", {}, screen.name), el("p.small.muted", {}, this.#where(screen))),
      el("div.se__deeds", {}, el("a.btn.btn--sm", { href: `#screen=${screen.id}`, class: "change" }, icon("edit"), t("screens.change")),
        el("a.btn.btn--sm.btn--quiet", { href: `/screen/${screen.id}`, target: "_blank", rel: "noopener", title: t("screens.open_hint") }, t("screens.open")),
        el("a.btn.btn--sm.btn--quiet", { href: `#copy=${screen.id}` }, t("screens.copy")),
        el("button.btn.btn--sm.btn--quiet", { class: "remove", "aria-label": `${t("screens.remove")} ${screen.name}`, on: { click: () => this.#remove(screen) } }, icon("trash"))));
  }

  #where(screen) {
    const window = this.#view.windows.find((one) => one.id === screen.window);
    const zone = this.#view.zones.find((one) => one.id === screen.zone);
    const plan = this.#view.plans.find((one) => one.id === screen.plan);
    const place = window ? `${window.number} ${named(window)}` : zone ? named(zone) : plan ? named(plan) : t("screens.whole_hall");
    return [kindName(kindOf(screen)), place, screen.arrangement !== "plain" && t("screens.n_items", { n: screen.playlist.length }), screen.device].filter(Boolean).join(" · ");
  }

  #plans() {
    return el("section.stack", {}, el("header.se__sub", {}, el("h2", {}, t("screens.plans")), el("a.btn.btn--sm", { href: "#plan=new", id: "add-plan" }, icon("plus"), t("screens.plan_new"))),
      this.#view.plans.length ? el("ul.se__plans", {}, this.#view.plans.map((plan) => el("li", {}, el("a.card.se__plan", { href: `#plan=${plan.id}`, id: `plan-${plan.id}` }, icon("map-pin"), el("span.grow", {}, named(plan)), el("span.small.muted", {}, t("screens.n_places", { n: plan.places.length })))))) : el("p.muted", {}, t("screens.plans_hint")));
  }

  async #remove(screen) {
    if (!(await ask({ title: t("screens.remove_ask", { name: screen.name }), text: t("screens.remove_text"), danger: true, yes: t("screens.remove") }))) return;
    try { await api.del(`screens/${screen.id}`); toast(t("screens.removed"), "ok"); } catch (error) { toast(errorText(error), "bad"); }
  }

  async #hangUsual(button) {
    button.disabled = true;
    try {
      for (const zone of this.#view.zones) await api.post("screens", { name: `${zone.name}综合屏`.slice(0, 60), content: "board", zone: zone.id });
      await api.post("screens", { name: t("screens.content.overview"), content: "overview" });
    } catch (error) { toast(errorText(error), "bad"); button.disabled = false; }
  }
}

function toSignIn() { location.href = `/sign-in?next=${encodeURIComponent(location.pathname)}`; }

await loadTexts();
try { new ScreensPage(await api.get("session")).start(); } catch { toSignIn(); }
