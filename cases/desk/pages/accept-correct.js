/** The form of a case that was told to correct it: as it was handed in, to be put right; what is sealed then stands beside the first. */

import { el } from "/static/dom.js";
import { showFieldErrors } from "/static/feedback.js";
import { t } from "/static/i18n.js";
import { PersonStep } from "./accept-person.js";

export class CorrectForm {
  #step; #content; #node = el("div.part__block.correct", { id: "correct" });

  /** @param {object} store  the page's @param {{applicant, agent, fields, edition}} shown @param {() => void} redraw */
  constructor(store, shown, redraw) {
    this.#content = { applicant: shown.applicant, agent: shown.agent, fields: shown.fields, matter: shown.edition.matter, materials: {} };
    this.#step = new PersonStep({ window: store.window, base: store.base, desk: store.desk, ticket: null, known: null, edition: shown.edition, needs: { materials: [] }, content: this.#content, tell: () => {}, changed: (what) => { if (what === "person") redraw(); } });
  }

  draw() {
    const drawn = this.#step.draw();
    drawn.querySelector(".part__head")?.remove();
    drawn.querySelector("#sources")?.remove();
    this.#node.replaceChildren(el("h3.part__sub", {}, t("accept.correct.title")), drawn);
    return this.#node;
  }

  focus() { this.#step.focus(); }

  mark(error) { showFieldErrors(this.#node, error); }

  get body() { const { applicant, agent, fields } = this.#content; return { applicant, agent, fields }; }
}
