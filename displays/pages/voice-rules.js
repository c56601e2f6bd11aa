/** The manager's page of the voice: every rule with its sentence, a listen button, the engines, one save with a reason. */

import { api } from "/static/api.js";
import { $, el, fill, say } from "/static/dom.js";
import { ask, errorText, toast } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { named, onLang, t } from "/static/i18n.js";
import "/static/language-switch.js";
import "/static/link-banner.js";
import { live } from "/static/live.js";
import { timeOfDay } from "/static/numbers.js";
import { HALL, VoiceDraft } from "./voice-draft.js";
import { enginesCard, recordingsCard } from "./voice-engines.js";
import { signedIn, toSignIn } from "./voice-door.js";
import { ListenCard } from "./voice-listen.js";
import { VoiceRow } from "./voice-row.js";

class VoicePage {
  #draft = new VoiceDraft(); #rows = []; #place = HALL; #busy = false; #reason = "";
  #listen = new ListenCard({ draft: this.#draft, onError: (error) => this.#refuse(error, false) });

  start() {
    fill($("#main"), el("p.muted", {}, t("voice.loading")));
    this.#draft.onChange(() => { if (this.#draft.view) { for (const row of this.#rows) row.draw(); this.#bar(); } });
    addEventListener("hashchange", () => this.#go());
    addEventListener("beforeunload", (event) => { if (this.#draft.size) event.preventDefault(); });
    onLang(() => { if (this.#draft.view) this.#draw(); });
    live(["speech/hall"], { onView: (_topic, view) => this.#take(view), onState: (state) => { $("link-banner").state = state; if (state === "refused") toSignIn(); } });
  }

  #take(view) {
    const before = this.#draft.view;
    this.#draft.take(view);
    const isSame = before && JSON.stringify([before.zones, before.lines]) === JSON.stringify([view.zones, view.lines]);
    if (!isSame) { this.#go(); return; }
    this.#top();
    this.#side();
  }

  #go() {
    const wanted = decodeURIComponent(location.hash.slice(1)) || HALL;
    this.#place = this.#places().some((one) => one.place === wanted) ? wanted : HALL;
    this.#draw();
  }

  #places() {
    const { zones, lines } = this.#draft.view;
    const of = (kind, list) => list.filter((one) => one.active).map((one) => ({ place: `${kind}:${one.id}`, name: `${t(`voice.scope.${kind}`)} ${kind === "line" ? `${one.prefix} · ` : ""}${named(one)}` }));
    return [{ place: HALL, name: t("voice.scope.hall") }, ...of("zone", zones), ...of("line", lines)];
  }

  #draw() {
    const { view } = this.#draft;
    document.title = `${t("voice.title")} · ${named(view.hall)}`;
    this.#top();
    const kind = this.#place.split(":")[0];
    this.#rows = view.rules.filter((rule) => kind === HALL || rule.may_differ.includes(kind)).map((rule) => new VoiceRow({ rule, draft: this.#draft, place: this.#place }));
    const sections = view.groups.map((group) => ({ group, rows: this.#rows.filter((row) => this.#draft.rule(row.name).group === group) })).filter(({ rows }) => rows.length);
    fill($("#main"), kind !== HALL && el("p.notice", {}, icon("info"), t(`voice.scope_hint.${kind}`)), sections.map(({ group, rows }) => el("section.group", { "aria-labelledby": `g-${group}` }, el("h2.group__name", { id: `g-${group}` }, t(`voice.group.${group}`)), rows.map((row) => row.node))));
    this.#listen.draw(kind === "line" ? this.#place.slice(5) : undefined);
    this.#side();
    this.#bar();
  }

  #side() {
    const { view } = this.#draft;
    fill($("#side"), this.#listen.node, recordingsCard(view), enginesCard(view));
  }

  #top() {
    const { last } = this.#draft.view;
    const scope = el("select.select.top__scope", { id: "scope", "aria-label": t("voice.scope"), on: { change: () => { location.hash = scope.value === HALL ? "" : encodeURIComponent(scope.value); } } }, this.#places().map(({ place, name }) => el("option", { value: place, selected: place === this.#place }, name)));
    fill($("#top"), el("a.btn.btn--quiet.btn--sm", { href: "/manager", id: "back" }, icon("arrow-left"), t("voice.back")), el("h1.top__title", {}, t("voice.title")), scope,
      el("p.top__last.small.muted.grow", {}, last ? t("voice.last", { when: `${last.at.slice(0, 10)} ${timeOfDay(last.at)}`, who: last.by, reason: last.reason }) : t("voice.takes_effect")), el("language-switch"));
  }

  #bar() {
    const bar = $("#bar");
    const n = this.#draft.size;
    const wasHidden = bar.hidden;
    bar.hidden = n === 0;
    if (n === 0) return;
    if (!wasHidden && bar.dataset.busy === String(this.#busy) && bar.firstChild && bar.lang === document.documentElement.lang) { say($("#unsaved"), t("voice.unsaved_n", { n })); return; }
    bar.dataset.busy = String(this.#busy);
    bar.lang = document.documentElement.lang;
    bar.onsubmit = (event) => { event.preventDefault(); this.#save(); };
    const reason = el("input.input.grow", { id: "reason", maxlength: 200, value: this.#reason, placeholder: t("voice.reason_hint"), "aria-label": t("voice.reason"), autocomplete: "off", on: { input: () => { this.#reason = reason.value; } } });
    fill(bar, el("span.strong", { id: "unsaved", role: "status" }, t("voice.unsaved_n", { n })), reason, el("button.btn", { id: "discard", disabled: this.#busy, on: { click: () => this.#discard() } }, t("voice.discard")), el("button.btn.btn--primary", { id: "save", type: "submit", disabled: this.#busy, "aria-busy": this.#busy }, t("voice.save")));
  }

  async #discard() {
    if (!(await ask({ title: t("voice.discard_ask"), yes: t("voice.discard"), danger: true }))) return;
    this.#draft.clear();
    this.#draw();
  }

  async #save() {
    if (this.#busy) return;
    if (!this.#reason.trim()) { $("#reason").setAttribute("aria-invalid", "true"); $("#reason").focus(); toast(t("voice.reason_missing"), "bad"); return; }
    this.#busy = true;
    this.#bar();
    for (const row of this.#rows) row.clear();
    try {
      await api.patch("voice", { changes: this.#draft.changes, reason: this.#reason });
      this.#draft.take(await api.get("voice"));
      this.#reason = "";
      this.#draft.clear();
      toast(t("voice.saved"), "ok", { ms: 4000 });
    } catch (error) {
      this.#refuse(error, true);
    } finally {
      this.#busy = false;
      this.#bar();
    }
  }

  /** Puts an error at its rule; where that rule's place is not in sight, it is opened. */
  #refuse(error, withToast) {
    const { field, place = HALL } = error.fields ?? {};
    if (field && place !== this.#place && this.#places().some((one) => one.place === place)) {
      history.replaceState(null, "", place === HALL ? location.pathname : `#${encodeURIComponent(place)}`);
      this.#go();
    }
    const focus = this.#rows.find((row) => row.name === field)?.refuse(errorText(error), error.fields);
    focus?.();
    if (withToast || focus) toast(errorText(error), "bad");
  }
}

if (await signedIn()) new VoicePage().start();
