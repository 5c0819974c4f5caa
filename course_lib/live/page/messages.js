/* What a figure tells the reader about itself: what can be done, what could not be read, what went wrong. */

import { minus } from "./axes.js";
import { element } from "./elements.js";

export class Messages {
  constructor(figure) {
    this.figure = figure;
    this.note = element("p", { className: "live-note", textContent: this.hint() });
    this.problem = element("div", { className: "live-error", hidden: true });
    this.typing = element("p", { className: "live-typing" });
    for (const node of [this.problem, this.typing]) node.setAttribute("role", "alert");
  }

  /* What the pointer does here, and what this page cannot do. */
  hint() {
    const { pads, fixed } = this.figure;
    const steered = new Set(pads.map((pad) => pad.label));
    const sentences = Array.from(
      steered,
      (names) => `Click or drag in the picture, or use the arrow keys in it, to set ${names}.`,
    );
    if (fixed.length) {
      const values = fixed.map((name) => `${this.figure.control(name).label} = ${minus(this.figure.text(name))}`);
      sentences.push(`Fixed on this page: ${values.join(", ")}. In the notebook these can be changed, too.`);
    }
    return sentences.join(" ");
  }

  /* Whether the kernel has answered. */
  tell(answered) {
    this.note.textContent = answered
      ? this.hint()
      : "The kernel does not answer and is asked again. What lives in the page still works; " +
        "if the kernel has ended or was restarted, run the cell again.";
  }

  answerTyping(sentence) {
    this.typing.textContent = sentence;
  }

  showError(text) {
    this.problem.hidden = !text;
    this.problem.replaceChildren();
    if (!text) return;
    const last = text.trim().split("\n").at(-1);
    this.problem.append(
      element("p", { textContent: `This setting could not be computed: ${last}` }),
      element("pre", { textContent: text }),
    );
  }
}
