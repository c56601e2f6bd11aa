/** Which fields an edition has and how each is edited. */

const text = (name, more = {}) => ({ name, kind: "text", ...more });
const whole = (name, blank = 0) => ({ name, kind: "whole", blank });
const maybe = (name) => ({ name, kind: "maybe", blank: null });
const choice = (name, words, values, blank = values[0]) => ({ name, kind: "choice", words, values, blank });
const law = (name) => ({ name, kind: "law", blank: null, wide: true });
const lines = (name, more = {}) => ({ name, kind: "lines", blank: [], ...more });
const yes = (name) => ({ name, kind: "yes", blank: false });

const ID = text("id");
const NAMES = [text("name", { wide: true }), text("name_en", { wide: true })];

export const FIELDS = [
  text("name", { wide: true }), text("name_en", { wide: true }), text("code", { wide: true }), { name: "department", kind: "department", blank: "" },
  choice("task_type", "task_type", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20]), choice("serves", "serves", ["person", "organisation", "both"]),
  choice("case_type", "case_type", [1, 2, 9]), choice("flow", "flow", ["standard", "immediate", "pledge", "forwarded"]),
  whole("statute_workdays"), whole("promise_workdays"), yes("joint"), lines("phones"), lines("conditions", { wide: true }), lines("words"), lines("tags"), lines("scope"),
  { name: "channels", kind: "several", words: "channel", values: ["window", "online", "terminal", "phone"], blank: ["window"], wide: true },
  { name: "form", kind: "json", blank: {}, wide: true, hint: "catalogue.form_hint" },
];

export const PARTS = {
  materials: [ID, ...NAMES, text("issuer"), whole("originals", 1), whole("copies"), choice("needed", "needed", ["required", "situational", "later"]),
    { name: "supplies", kind: "several", words: "supply", values: ["paper", "scan", "licence", "shared", "form"], blank: ["paper", "scan"], wide: true }, text("licence"), text("note", { wide: true }), law("law")],
  questions: [ID, text("text", { wide: true }), text("text_en", { wide: true }), { name: "options", kind: "options", blank: [], wide: true, hint: "catalogue.options_hint" }, { name: "asked_if", kind: "when", blank: {}, hint: "catalogue.when_hint" }],
  rows: [{ name: "when", kind: "when", blank: {}, hint: "catalogue.when_hint" }, { name: "add", kind: "ids", blank: [] }, { name: "drop", kind: "ids", blank: [] }, { name: "fees", kind: "ids", blank: [] }, lines("conditions", { wide: true }), maybe("promise_workdays"), text("stop", { wide: true }), text("stop_en", { wide: true })],
  nodes: [ID, ...NAMES, text("post"), text("duty", { wide: true }), maybe("limit_workdays"), { name: "done_with", kind: "option", words: "done", values: ["accepted", "examined", "forwarded", "decided", "made", "delivered"], blank: null }],
  procedures: [ID, choice("kind", "kind", ["hearing", "tender", "auction", "examination", "test", "quarantine", "appraisal", "experts", "visit"]), text("name", { wide: true }), maybe("limit_workdays"), yes("in_limit"), law("law")],
  results: [...NAMES, text("licence"), maybe("valid_months")],
  fees: [ID, text("name", { wide: true }), whole("amount_fen"), law("basis"), choice("due", "due", ["acceptance", "licence", "later"], "licence")],
  laws: [text("name", { wide: true }), text("article")],
};
