/** Step 2: the matter's situations, one after the other; what an answer makes needless is not asked. */

import { el } from "/static/dom.js";
import { icon } from "/static/icons.js";
import { isChinese, t } from "/static/i18n.js";
import { heading, inWords } from "./accept-words.js";

export class SituationStep {
  #store; #node = null;

  constructor(store) { this.#store = store; }

  draw() {
    const { edition, needs, content } = this.#store;
    if (!edition) return el("section.part", {}, nothing("accept.no_matter"));
    const asked = edition.questions.filter((one) => needs.asked.includes(one.id));
    this.#node = el("section.part", {}, heading(t("accept.step.2"), t("accept.situation.hint")),
      asked.map((question, at) => this.#question(question, at, content.answers[question.id]?.[0])),
      !asked.length && nothing("accept.situation.none"),
      needs.stop && el("div.notice.notice--bad", { role: "alert", id: "situation-stop" }, icon("alert"), el("span", {}, (isChinese() ? needs.stop : needs.stop_en) || needs.stop)));
    return this.#node;
  }

  focus() {
    const open = [...(this.#node?.querySelectorAll("fieldset") ?? [])];
    const first = open.find((one) => !one.querySelector("input:checked")) ?? open[0];
    (first?.querySelector("input:checked") ?? first?.querySelector("input"))?.focus();
  }

  /** A number key answers and leads to the next question; the last one answered, the next step is one key away. */
  async #chooseAndGo(choose, option) {
    await choose(option);
    const open = [...this.#node.querySelectorAll("fieldset")].find((one) => !one.querySelector("input:checked"));
    open?.querySelector("input").focus();
  }

  #question(question, at, chosen) {
    const choose = (option) => this.#store.answer(question.id, option.id);
    const box = el("fieldset.question", { dataset: { question: question.id } }, el("legend.question__text", {}, el("span.question__n.num", {}, at + 1), isChinese() ? question.text : question.text_en || question.text),
      el("div.question__options", {}, question.options.map((option, n) => el(`label.option${option.id === chosen ? ".option--on" : ""}`, {},
        el("input", { type: "radio", id: `q-${question.id}-${option.id}`, name: `q-${question.id}`, checked: option.id === chosen, on: { change: () => choose(option) } }), el("span.grow", {}, inWords(option)), el("kbd.key", {}, n + 1)))));
    box.addEventListener("keydown", (event) => {
      const option = question.options[Number(event.key) - 1];
      if (option && !event.ctrlKey && !event.altKey) { event.preventDefault(); this.#chooseAndGo(choose, option); }
    });
    return box;
  }
}

const nothing = (key) => el("p.empty", {}, t(key));
