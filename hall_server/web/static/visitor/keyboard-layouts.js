/** Which keys stand where; names longer than a letter are keys that do something. */

export const PADS = {
  digits: [["1", "2", "3"], ["4", "5", "6"], ["7", "8", "9"], ["erase", "0", "done"]],
  id: [["1", "2", "3"], ["4", "5", "6"], ["7", "8", "9"], ["X", "0", "erase"], ["clear", "done"]],
};

const FOOT = ["symbols", "language", "space", "done"];

export const ROWS = [
  [..."1234567890"],
  [..."qwertyuiop"],
  [..."asdfghjkl", "'"],
  ["shift", ..."zxcvbnm", "erase"],
  FOOT,
];

export const SYMBOLS = [
  [..."1234567890"],
  [..."@.-_/:;()&"],
  [..."，。、？！：；"],
  [..."#+*=%“”《》", "erase"],
  FOOT,
];

/** The layout a field asks for: data-keys="id | digits | letters | pinyin", else by its type and inputmode. @param {HTMLInputElement} field */
export function layoutOf(field) {
  const asked = field.dataset.keys;
  if (asked) return asked;
  if (field.type === "tel" || field.type === "number" || ["numeric", "decimal", "tel"].includes(field.dataset.inputmode ?? field.inputMode)) return "digits";
  if (["email", "url", "password"].includes(field.type)) return "letters";
  return document.documentElement.lang.startsWith("en") ? "letters" : "pinyin";
}
