/** The dialog that asks of which month and department a sheet or the file for payroll is wanted. */

import { api } from "/static/api.js";
import { el } from "/static/dom.js";
import { errorText, toast } from "/static/feedback.js";
import { hallIso } from "/static/clock.js";
import { icon } from "/static/icons.js";
import { isChinese, t } from "/static/i18n.js";

const KINDS = [["sheet.pdf", "a4"], ["sheet.pdf", "a3"], ["sheet.xlsx", ""], ["payroll.csv", ""]];

export async function askFiles() {
  let departments = [];
  try { ({ departments } = await api.get("attendance/posts")); } catch (error) { toast(errorText(error), "bad"); return; }
  const month = el("input.input.num", { id: "file-month", type: "month", value: hallIso().slice(0, 7), required: true });
  const place = el("select.select", { id: "file-department" }, el("option", { value: "" }, t("attendance.all_departments")), departments.map((one) => el("option", { value: one.id }, isChinese() ? one.name : one.name_en || one.name)));
  const link = ([kind, paper]) => el("a.btn.file", { download: true, dataset: { kind, paper }, on: { click: (event) => { event.currentTarget.href = address(kind, paper); } }, href: "#" }, icon("document"), t(`attendance.file.${kind.split(".")[1]}${paper ? `_${paper}` : ""}`));
  const address = (kind, paper) => `/api/v1/attendance/${kind}?${new URLSearchParams({ month: month.value, department: place.value, lang: isChinese() ? "zh-CN" : "en", ...(paper && { paper }) })}`;
  const box = el("dialog.dialog", { id: "files-box", "aria-label": t("attendance.files"), on: { close: () => box.remove() } }, el("div.dialog__body", {}, el("h2.dialog__title", {}, t("attendance.files")),
    el("div.field", {}, el("label.field__label", { for: "file-month" }, t("attendance.field.month")), month), el("div.field", {}, el("label.field__label", { for: "file-department" }, t("attendance.head.department")), place),
    el("div.files", {}, KINDS.map(link)), el("p.field__hint", {}, t("attendance.files_hint")), el("div.dialog__actions", {}, el("button.btn", { on: { click: () => box.close() } }, t("attendance.close")))));
  document.body.append(box);
  box.showModal();
}
