/** Who may see the voice's pages: managers; everybody else is told so, or led to the sign-in. */

import { api } from "/static/api.js";
import { $, el, fill } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { loadTexts, t } from "/static/i18n.js";

/** Loads the texts and asks who is here. @returns {Promise<boolean>} whether a manager is */
export async function signedIn() {
  await loadTexts();
  try {
    const me = await api.get("session");
    if (me.roles.includes("manager") || me.roles.includes("admin")) return true;
    stop(t("voice.not_allowed"), el("button.btn.btn--primary", { on: { click: signOut } }, t("voice.to_signin")));
  } catch (error) {
    if (error.status === 401) toSignIn();
    else stop(errorText(error), el("button.btn", { on: { click: () => location.reload() } }, t("voice.retry")));
  }
  return false;
}

export function toSignIn() {
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.hash)}`);
}

async function signOut() {
  try { await api.del("session"); } catch { /* signed out already, or offline: the sign-in page tells */ }
  toSignIn();
}

function stop(text, button) {
  fill($("#main"), el("div.empty", {}, icon("lock"), el("p.empty__title", {}, text), button));
}
