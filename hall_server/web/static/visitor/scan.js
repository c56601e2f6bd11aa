/** Use by one or two switches: a mark walks over what can be chosen; groups first, then what is in them. */

import { el, say } from "/static/dom.js";
import { t } from "/static/i18n.js";
import { isShared } from "./machine.js";
import { modes } from "./modes.js";
import { read, spokenOf } from "./read-aloud.js";

const STEP_MS = 1800;
const LARGE_STEP_MS = 2600;
const CHOICES = "button, a[href], input, select, textarea, summary, [tabindex='0'], [role=switch], [role=radio], [role=checkbox], [role=option]";
const ROUNDS = 3; // in a group; then the mark goes back to the groups

/**
 * Lets the page be used by switches; call once on shared machines. One switch (Space): the mark walks by itself, Space
 * chooses. Two switches: Space goes on, Enter chooses; the first Enter says that there are two. Escape ends it.
 * Space where nothing else has the focus begins it. @param {{step_ms?: number}} [options]
 */
export function scanning({ step_ms = 0 } = {}) {
  if (!isShared()) return null;
  return new Scanner(step_ms);
}

class Scanner {
  #step_ms; #timer = 0; #mark = null; #group = null; #rounds = 0; #hasTwo = false; #told = null;

  constructor(step_ms) {
    this.#step_ms = step_ms;
    addEventListener("keydown", (event) => this.#pressed(event), { capture: true });
    modes.onChange(() => this.#turn());
    this.#turn();
  }

  #turn() {
    clearInterval(this.#timer);
    if (modes.isScanned()) this.#begin(); else this.#end();
  }

  #begin() {
    if (!this.#told) {
      this.#told = el("p.v-scan", { role: "status" });
      document.body.append(this.#told);
    }
    say(this.#told, t(this.#hasTwo ? "kit.scan_two" : "kit.scan_one"));
    if (!this.#hasTwo) this.#timer = setInterval(() => this.#next(), this.#step_ms || (modes.isLarge() ? LARGE_STEP_MS : STEP_MS));
    if (!this.#mark) this.#next();
  }

  #end() {
    this.#told?.remove();
    this.#told = null;
    this.#group = null;
    this.#hasTwo = false;
    this.#point(null);
  }

  #pressed(event) {
    if (!event.isTrusted || event.ctrlKey || event.altKey || event.metaKey) return;
    const isIdle = event.target === document.body || event.target.tagName === "MAIN" || /^H[1-6]$/.test(event.target.tagName);
    if (!modes.isScanned()) {
      if (event.key === " " && isIdle && !event.repeat) { this.#take(event); modes.set("scan", true); }
      return;
    }
    if (event.key === "Escape") { this.#take(event); modes.set("scan", false); return; }
    if (event.key !== " " && event.key !== "Enter") return;
    this.#take(event);
    if (event.repeat) return; // a hand that rests on the switch chooses once
    if (event.key === "Enter" && !this.#hasTwo) { this.#hasTwo = true; this.#turn(); return; } // the frame stands where it was met
    if (event.key === " " && this.#hasTwo) this.#next(); else this.#choose();
  }

  #take(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  #next() {
    const among = this.#among();
    if (!among.length) { this.#leaveGroup(); return; }
    const at = among.indexOf(this.#mark);
    if (at === among.length - 1 && this.#group && ++this.#rounds >= ROUNDS) { this.#leaveGroup(); return; }
    this.#point(among[(at + 1) % among.length]);
  }

  #leaveGroup() {
    if (!this.#group) return;
    const left = this.#group;
    this.#group = null;
    this.#point(left.isConnected ? left : null);
    if (!this.#mark) this.#next();
  }

  #choose() {
    const mark = this.#mark;
    if (!mark?.isConnected) { this.#next(); return; }
    if (isGroup(mark)) {
      this.#group = mark;
      this.#rounds = 0;
      this.#point(this.#among()[0] ?? null);
      return;
    }
    const isKey = mark.closest("screen-keyboard");
    if (!isKey) this.#group = null;
    mark.focus();
    if (!mark.matches("input:not([type=checkbox], [type=radio], [type=date]), textarea, select")) mark.click();
    if (isKey) this.#leaveGroup();
    if (!mark.isConnected || !isKey) this.#point(null);
    if (!this.#hasTwo) { clearInterval(this.#timer); this.#turn(); }
    else if (!this.#mark) this.#next();
  }

  /* Groups and single choices in the order of the page, or what is in the chosen group; a dialog and the keyboard go first. */
  #among() {
    const place = this.#group?.isConnected && isSeen(this.#group) ? this.#group : null;
    if (!place) this.#group = null;
    if (place) return choicesIn(place);
    const box = [...document.querySelectorAll("dialog[open]")].pop();
    const keyboard = document.querySelector("screen-keyboard:not([hidden])");
    const all = choicesIn(keyboard && (!box || box.contains(keyboard)) ? keyboard : box ?? document.body);
    return [...new Set(all.map((one) => groupOf(one) ?? one))];
  }

  #point(node) {
    this.#mark?.classList.remove("v-marked");
    this.#mark = node;
    if (!node) return;
    node.classList.add("v-marked");
    node.scrollIntoView({ block: "nearest" });
    if (modes.readsAloud()) read(isGroup(node) ? node.getAttribute("aria-label") ?? t("kit.scan_group") : spokenOf(node));
  }
}

const isGroup = (node) => node.matches("[data-scan-group]");
const isSeen = (node) => node.checkVisibility?.({ visibilityProperty: true }) ?? true;
const choicesIn = (place) => [...place.querySelectorAll(CHOICES)].filter((node) => !node.disabled && node.tabIndex > -2 && isSeen(node) && !node.closest("[inert], [aria-hidden=true]"));

/* A group of one is no group. */
function groupOf(node) {
  const group = node.closest("[data-scan-group]");
  return group && choicesIn(group).length > 1 ? group : null;
}
