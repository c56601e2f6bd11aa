/** What the machine prints on 80 mm paper: number and code of a case, with codes for the phone; in kiosk mode without asking. */

import { hallIso } from "/static/clock.js";
import { $, el, fill } from "/static/dom.js";
import { named, t } from "/static/i18n.js";
import { onForget } from "/static/visitor/forget.js";
import { qrCode } from "/pages/hall_queue/kiosk-qr.js";

onForget(() => fill($("#slip")));

/** @param {{title: string, number: string, code: string, path: string, check?: string}} paper  check: where the document is verified */
export function printSlip(terminal, { title, number, code, path, check = "" }) {
  const codes = [[path, t("self.slip_progress")], check && [check, t("self.slip_check")]].filter(Boolean);
  fill($("#slip"),
    el("p.slip__hall", {}, terminal.page.hall ? named(terminal.page.hall) : "OneDoor 一门"),
    el("p.slip__what", {}, title), el("p", {}, t("self.number")), el("p.slip__case.num", {}, number), el("p", {}, t("self.query_code")), el("p.slip__code_no.num", {}, code),
    codes.map(([address, text]) => el("div.slip__code", {}, qrCode(new URL(address, location.origin).href), el("p.slip__note", {}, text))),
    el("p.slip__note.num", {}, hallIso().replace("T", " ").slice(0, 16)), terminal.page.hall?.demo && el("p.slip__note", {}, t("common.demo")));
  window.print();
  terminal.tell(t("self.printed"));
}
