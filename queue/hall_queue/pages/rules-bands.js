/** The editor of numbers by time of day: a row for each time. */

import { el, fill } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";
import { clockInput } from "./rules-clock.js";

const CLOCK = /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/;

/** As the makers of rules-editors.js; `focus({row, part})` goes to the input that an error is about. */
export function bandsEditor(_about, value, place) {
  let bands = value.map((band) => ({ ...band, tickets: String(band.tickets) }));
  const rows = el("div.bands__rows");
  const give = () => place.onValue(bands.map((band) => ({ ...band, tickets: /^\d+$/.test(band.tickets.trim()) ? Number(band.tickets) : null })), fault(bands));
  const change = (next) => { bands = next; draw(); give(); };
  const at = (part, row) => rows.querySelector(`#${CSS.escape(`${place.id}-${part}-${row}`)}`);
  const props = (part, row) => ({ id: `${place.id}-${part}-${row}`, "aria-label": `${t("rules.band_row", { n: row + 1 })}: ${t(`rules.band_${part}`)}`, "aria-describedby": place.describedby });
  const clock = (part, band, row) => clockInput(props(part, row), band[part], (text) => { band[part] = text; give(); });
  const line = (band, row) => el("div.bands__row", {}, clock("begin", band, row), el("span", {}, "–"), clock("end", band, row),
    el("input.input.num.bands__tickets", { ...props("tickets", row), inputmode: "numeric", maxlength: 5, autocomplete: "off", value: band.tickets, on: { input: (event) => { band.tickets = event.target.value; give(); } } }), el("span.value__unit", {}, t("rules.unit.tickets")),
    el("button.btn.btn--quiet.btn--sm", { "aria-label": t("rules.band_remove", { n: row + 1 }), on: { click: () => { change(bands.filter((_one, i) => i !== row)); add.focus(); } } }, icon("close")));
  const draw = () => fill(rows, bands.length ? bands.map(line) : el("p.muted.small", {}, t("rules.band_none")));
  const add = el("button.btn.btn--sm", { id: place.id, on: { click: () => { change([...bands, { begin: bands.at(-1)?.end ?? "09:00", end: "", tickets: "" }]); at("begin", bands.length - 1).focus(); } } }, icon("plus"), t("rules.band_add"));
  draw();
  return {
    node: el("div.value.bands", { role: "group", "aria-label": place.label }, rows, add),
    focus: ({ row, part } = {}) => { const input = row === undefined ? null : at(part ?? "begin", row); input?.setAttribute("aria-invalid", "true"); (input ?? add).focus(); },
  };
}

/** What is not a time or a number; what contradicts what, the server says. */
function fault(bands) {
  if (bands.some((band) => !CLOCK.test(band.begin) || !CLOCK.test(band.end))) return t("rules.clock_form");
  return bands.some((band) => !/^\d+$/.test(band.tickets.trim())) ? t("rules.not_number") : "";
}
