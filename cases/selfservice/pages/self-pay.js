/** What a case costs: paid with the phone by a code; the page follows until the payment is there, or says that nothing was taken. */

import { api } from "/static/api.js";
import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { named, t } from "/static/i18n.js";
import { nothing } from "/static/visitor/steps.js";
import { qrCode } from "/pages/hall_queue/kiosk-qr.js";
import { leavingView } from "./self-home.js";

const LOOK_MS = 2_000;

export async function payView(terminal, at, signal) {
  const application = await terminal.trying(() => terminal.get(`applications/${at.id}`), { again: () => terminal.draw(), signal });
  if (!application) return;
  terminal.take(application);
  const found = await terminal.trying(() => asked(at.id), { again: () => terminal.draw(), signal });
  if (!found) return;
  draw(terminal, application, found.payments, signal);
}

/* What is due is asked for now; where nothing more is, what was asked before is shown. */
async function asked(id) {
  try { return await api.post(`applications/${id}/pay`, {}); } catch (error) {
    if (error.code !== "applying.nothing_due") throw error;
    return api.get(`applications/${id}/pay`);
  }
}

function draw(terminal, application, payments, signal) {
  const owed = payments.filter((one) => one.state === "asked");
  const over = named(application.edition);
  if (!payments.length) { terminal.show({ over, title: t("self.nothing_to_pay"), body: nothing("coin", t("self.nothing_to_pay"), t("self.nothing_to_pay_hint")) }, signal); return; }
  if (!owed.length) { leavingView(terminal, { title: t(payments.every((one) => one.state === "paid") ? "self.paid" : "self.not_paid"), hint: payments.map((one) => t(`self.pay_${one.state}`, { amount: yuan(one) })).join(" · ") }); return; }
  const [one] = owed;
  const code = one.pay_url ? qrCode(new URL(one.pay_url, location.origin).href) : null;
  code?.setAttribute("aria-label", t("self.pay_code"));
  terminal.show({
    over, title: t("self.pay_title", { amount: yuan(one) }), hint: t(code ? "self.pay_hint" : "self.pay_counter"),
    body: [el("div.card.s-pay", {}, code, el("dl.s-facts", {}, one.names.map((name) => el("div", {}, el("dt", {}, t("self.fee")), el("dd", {}, name))), el("div", {}, el("dt", {}, t("self.amount")), el("dd.num.strong", {}, yuan(one))))), el("p.notice", { role: "status" }, icon("hold"), el("span", {}, t("self.pay_follow")))],
  }, signal);
  setTimeout(() => follow(terminal, application, one.order, signal), LOOK_MS);
}

/* Until it is paid or refused; whoever leaves owes it still, and pays it another time. */
async function follow(terminal, application, order, signal) {
  if (signal.aborted) return;
  try {
    const { payments } = await api.get(`applications/${application.id}/pay`, { signal });
    const now = payments.find((one) => one.order === order);
    if (signal.aborted) return;
    if (now?.state !== "asked" || (now.pay_url && !document.querySelector(".s-pay svg"))) { draw(terminal, application, payments, signal); return; }
  } catch (error) { if (signal.aborted) return; if (error.status === 401) { terminal.failed(error, { signal }); return; } }
  setTimeout(() => follow(terminal, application, order, signal), LOOK_MS);
}

const yuan = ({ amount_fen }) => `¥ ${(amount_fen / 100).toFixed(2)}`;
