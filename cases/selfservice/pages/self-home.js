/** What can be done here, in large choices; and the question whether there is anything else. */

import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";
import { modes } from "/static/visitor/modes.js";
import { choices } from "/static/visitor/steps.js";

const AT_ONCE = 4; // in large type, and where everything stands low

export function homeView(terminal, at) {
  const all = ways(terminal);
  const isShort = (modes.isLarge() || modes.isLow()) && !at.all;
  terminal.show({
    title: t("self.welcome"), hint: t("self.welcome_hint"), home: Boolean(terminal.who), back: null, class: "s-home",
    body: [
      terminal.who && el("p.notice.notice--ok.s-who", {}, icon("user"), el("span.num", {}, t("self.you_are", { masked: terminal.who.masked }))),
      choices(isShort ? [...all.slice(0, modes.isLow() ? AT_ONCE - 1 : AT_ONCE), { id: "more", icon: "more", name: t("self.more"), act: () => { at.all = true; terminal.draw(); } }] : all, { columns: 2, label: t("self.welcome") }),
      terminal.page.hall && el("p.muted.s-open", {}, t("self.day_and_night")),
    ],
  });
}

function ways(terminal) {
  const mine = (of) => () => terminal.asSomebody({ name: "mine", of });
  const way = (id, sign, act) => ({ id, icon: sign, name: t(`self.way_${id}`), note: t(`self.way_${id}_hint`), act });
  return [
    way("file", "document", () => terminal.go({ name: "matters" })),
    way("resume", "refresh", mine("open")),
    way("progress", "search", mine("sent")),
    way("pay", "coin", mine("pay")),
    way("papers", "printer", mine("papers")),
    way("collect", "lock", mine("collect")),
    way("rate", "star", mine("rate")),
    way("complain", "edit", () => terminal.go({ name: "complain" })),
    terminal.who?.how === "card" && way("phone", "phone", () => terminal.go({ name: "phone" })),
  ].filter(Boolean);
}

/** After something was done: the next thing, or the end; nobody has to look for the way out. */
export function leavingView(terminal, { title, hint, body = [] }) {
  terminal.show({
    title, hint, back: null,
    body: [...body, choices([{ id: "again", icon: "list", name: t("self.something_else"), act: () => terminal.root({ name: "home" }) }, { id: "leave", icon: "check", name: t("self.leave"), note: t("self.leave_hint"), act: () => terminal.leave() }], { columns: 2 })],
  });
}
