/** What can be edited: for each kind of master data its columns, its fields and what they refer to. Data only. */

const TASK_TYPES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20];
const EXPRESS = ["any", "first", "only"];
const MARKS = ["party", "model"];
const ROLES = ["staff", "manager", "admin"];
const ID = { name: "id", label: "manager.field.id", hint: "manager.field.id_hint", type: "text", once: true, optional: true };
const NAME = { name: "name", label: "manager.field.name", type: "text" };
const NAME_EN = { name: "name_en", label: "manager.field.name_en", type: "text", optional: true };
const ACTIVE = { name: "active", label: "manager.field.active", type: "check", initial: true };
const ZONE = { name: "zone", label: "manager.field.zone", type: "select", from: "zones" };
const LINE = { name: "line", label: "manager.field.line", type: "select", from: "lines" };

/**
 * @typedef {object} Field
 * @property {string} name  path in the record ("guidance.fee")
 * @property {"text"|"number"|"select"|"order"|"checks"|"check"|"picks"|"rows"|"password"|"photo"} type
 * @property {string} [from]  the kind its choices come from; else `choices`
 * @property {boolean} [once]  only when made   @property {boolean} [later]  only when changed   @property {boolean} [optional]
 */
export const KINDS = {
  windows: {
    path: "windows", refs: ["zones", "lines"],
    columns: [{ field: "number", num: true }, { field: "name" }, { field: "zone", from: "zones" }, { field: "lines", from: "lines", many: true }],
    fields: [ID, { name: "number", label: "manager.field.number", type: "number", min: 1, max: 999 }, NAME, NAME_EN, ZONE, { name: "lines", label: "manager.field.lines", hint: "manager.field.lines_hint", type: "order", from: "lines" }, { name: "matters", label: "manager.field.window_matters", hint: "manager.field.window_matters_hint", type: "picks", optional: true },
      { name: "express", label: "manager.field.window_express", hint: "manager.field.window_express_hint", type: "select", initial: "any", choices: EXPRESS.map((id) => ({ id, label: `manager.express.${id}` })) }, ACTIVE],
  },
  lines: {
    path: "lines", refs: ["zones"],
    columns: [{ field: "prefix", num: true }, { field: "name" }, { field: "zone", from: "zones" }],
    fields: [ID, { name: "prefix", label: "manager.field.prefix", hint: "manager.field.prefix_hint", type: "text", maxlength: 2, upper: true }, NAME, NAME_EN, ZONE, { name: "priority_enabled", label: "manager.field.priority_enabled", type: "check", initial: true }, ACTIVE],
  },
  matters: {
    path: "matters", list: "catalogue", refs: ["lines", "departments"],
    columns: [{ field: "name" }, { field: "department", from: "departments" }, { field: "line", from: "lines" }],
    fields: [
      { name: "code", label: "manager.field.code", type: "text", once: true }, { ...NAME, type: "rows", rows: 2, plain: true }, NAME_EN, { name: "department", label: "manager.field.department", type: "select", from: "departments" }, LINE,
      { name: "task_type", label: "manager.field.task_type", type: "select", number: true, choices: TASK_TYPES.map((id) => ({ id: String(id), label: `manager.task.${id}` })) },
      { name: "frequent", label: "manager.field.frequent", type: "check" }, { name: "express", label: "manager.field.express", type: "check" },
      { title: "manager.field.guidance" },
      { name: "guidance.materials", label: "manager.field.materials", hint: "manager.field.materials_hint", type: "rows", rows: 4, optional: true },
      { name: "guidance.fee", label: "manager.field.fee", type: "text", optional: true },
      { name: "guidance.limit_workdays", label: "manager.field.limit_workdays", hint: "manager.field.limit_workdays_hint", type: "number", min: 0, max: 999, optional: true },
      { name: "guidance.note", label: "manager.field.note", type: "rows", rows: 2, plain: true, optional: true }, ACTIVE,
    ],
  },
  staff: {
    path: "staff", refs: ["windows"],
    columns: [{ field: "number", num: true }, { field: "display_name" }, { field: "name", label: "manager.field.login" }, { field: "roles", label: "manager.field.roles", words: "manager.role.", many: true }, { field: "windows", from: "windows", many: true }],
    fields: [
      { name: "name", label: "manager.field.login", type: "text", autocomplete: "off" }, { name: "display_name", label: "manager.field.display_name", type: "text" }, { name: "number", label: "manager.field.staff_number", type: "text" },
      { name: "password", label: "manager.field.password", hint: "manager.field.password_hint", type: "password", once: true },
      { name: "password", label: "manager.field.new_password", hint: "manager.field.new_password_hint", type: "password", later: true, optional: true },
      { name: "roles", label: "manager.field.roles", type: "checks", choices: ROLES.map((id) => ({ id, label: `manager.role.${id}` })) },
      { name: "windows", label: "manager.field.windows", type: "checks", from: "windows", optional: true },
      { title: "pad.field.title" },
      { name: "marks", label: "pad.field.marks", hint: "pad.field.marks_hint", type: "checks", choices: MARKS.map((id) => ({ id, label: `pad.mark.${id}` })), optional: true },
      { name: "photo", label: "pad.field.photo", type: "photo", optional: true }, ACTIVE,
    ],
  },
  zones: { path: "zones", refs: [], columns: [{ field: "name" }, { field: "name_en" }, { field: "id", num: true }], fields: [ID, NAME, NAME_EN, ACTIVE] },
};
