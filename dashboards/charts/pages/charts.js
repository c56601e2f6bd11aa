/** Charts: asked for one by one, drawn by plotly.js from the hall itself; each has a sentence and a table beside it. */

import { api } from "/static/api.js";
import { el, fill, say } from "/static/dom.js";
import { errorText } from "/static/feedback.js";
import { icon } from "/static/icons.js";
import { t } from "/static/i18n.js";

export const CHARTS = ["waits_by_hour", "tickets_by_hour", "wait_by_hour", "staffing", "flow", "windows_by_hour", "satisfaction", "control"];
const CONFIG = { displayModeBar: false, responsive: true, scrollZoom: false, showTips: false };
const LONG_MS = 120_000;
const dark = matchMedia("(prefers-color-scheme: dark)");
let library = null;

/** plotly.js, loaded once, when the first chart is there. It adds no styles where elements with their ids are. */
function plotly(address, styleIds) {
  library ??= new Promise((resolve, reject) => {
    document.head.append(...styleIds.map((id) => el("meta", { id })));
    const script = el("script", { src: address, on: { load: () => resolve(window.Plotly), error: () => { library = null; reject(new Error("plotly")); } } });
    document.head.append(script);
  });
  return library;
}

export class ChartsPart {
  #node; #query = ""; #run = 0; #said; #bar;

  constructor(node) {
    this.#node = node;
    dark.addEventListener("change", () => { if (this.#query) this.load(this.#query); });
  }

  /** Asks for all charts of a question, one after the other; a newer question ends an older one. */
  async load(query) {
    const run = (this.#run += 1);
    this.#query = query;
    this.#said = el("span.note", { role: "status", id: "charts-said" });
    this.#bar = el("progress", { max: CHARTS.length, value: 0, id: "charts-progress", "aria-label": t("st.charts") });
    const boxes = CHARTS.map((name) => el("article.box.chart", { id: `chart-${name}`, "aria-busy": "true" }, el("h3.box__title", {}, t(`charts.${name}`)), el("div.chart__wait")));
    fill(this.#node, el("div.box__head", {}, el("h2.st__title", {}, t("st.charts")), this.#bar, this.#said), el("div.charts", {}, boxes));
    for (const [done, name] of CHARTS.entries()) {
      say(this.#said, t("st.charts_done", { n: done, of: CHARTS.length }));
      await this.#one(name, boxes[done], run);
      if (run !== this.#run) return;
      this.#bar.value = done + 1;
    }
    this.#bar.remove();
    say(this.#said, "");
    this.#node.dataset.drawn = this.#query;
  }

  async #one(name, box, run) {
    try {
      const theme = dark.matches ? "dark" : "light";
      const { script, style_ids: styleIds, charts: [one] } = await api.get(`statistics/charts?${this.#query}&chart=${name}&theme=${theme}`, { timeout_ms: LONG_MS });
      if (run !== this.#run) return;
      await this.#draw(box, one, () => plotly(script, styleIds));
    } catch (error) {
      if (run === this.#run) fill(box, el("h3.box__title", {}, t(`charts.${name}`)), el("p.note.note--bad", {}, icon("alert"), errorText(error)));
    }
    box.removeAttribute("aria-busy");
  }

  async #draw(box, one, loaded) {
    const title = el("div.box__head", {}, el("h3.box__title", {}, one.title));
    const plain = el("details.chart__plain", {}, el("summary", {}, t("st.how_to_read")), el("p", {}, one.plain), el("p", {}, el("strong", {}, `${t("st.formula")}: `), t(`charts.${one.chart.id}.formula`).replaceAll("`", "")));
    if (!one.figure) { fill(box, title, el("p.note", {}, one.said), plain); return; }
    const place = el("div.chart__place", { role: "img", "aria-label": `${one.title}. ${one.said}`, style: { height: `${one.figure.layout.height}px` } });
    const rows = el("div", { hidden: true, id: `table-${one.chart.id}` });
    const toggle = el("button.btn.btn--sm", { "aria-expanded": "false", "aria-controls": rows.id, on: { click: () => {
      if (!rows.childElementCount) fill(rows, table(one));
      rows.hidden = !rows.hidden;
      toggle.setAttribute("aria-expanded", String(!rows.hidden));
    } } }, icon("list"), t("st.as_table"));
    title.append(toggle);
    fill(box, title, el("p.note.chart__said", {}, one.said), place, rows, plain);
    const Plotly = await loaded();
    await Plotly.newPlot(place, one.figure.data, { ...one.figure.layout, autosize: true }, CONFIG);
    place.dataset.drawn = "true";
  }
}

function table({ table: { columns, shown }, title }) {
  const head = columns.map((one) => el(one.unit === "none" ? "th" : "th.end", { scope: "col" }, one.head));
  const cell = (text, at) => (at === 0 ? el("th", { scope: "row" }, text) : el(columns[at].unit === "none" ? "td" : "td.end.num", {}, text));
  return el("div.table-wrap.table-wrap--tall", {}, el("table.table", { "aria-label": title }, el("thead", {}, el("tr", {}, head)), el("tbody", {}, shown.map((row) => el("tr", {}, row.map(cell))))));
}
