/* What a figure says in words and numbers: a sentence a run, the best so far, the table. */

import { minus, readOff } from "./axes.js";
import { element, sample } from "./elements.js";
import { REST } from "./requests.js";

const LONG = 4; // ms of counting for sentences, with which a picture would miss its frame

export class Readout {
  constructor(figure) {
    this.figure = figure;
    this.words = element("ul", { className: "live-words" });
    this.record = element("p", { className: "live-record", hidden: !figure.spec.challenge });
    this.status = element("div", { className: "live-hidden" });
    this.status.setAttribute("role", "status");
    this.numbers = element("div", { className: "live-scroll", tabIndex: 0 });
    this.details = element("details", {}, element("summary", { textContent: "Numbers as a table" }), this.numbers);
    this.details.addEventListener("toggle", () => this.showNumbers());
  }

  /* One sentence a run, beside a sample of its line; before the last step, what the lines say there. */
  sentences(tell = (name) => this.figure.answer.said(name)) {
    const whole = this.figure.step === this.figure.lastStep;
    const shown = Object.keys(this.figure.answer.words).filter((name) => name !== this.figure.spec.challenge?.name);
    return shown.map((name) => {
      const line = this.figure.frame.lines.find((l) => l.part === "all" && belongs(l.gid, name) && l.data === l.gid);
      const text = (whole ? null : this.onTheWay(name)) ?? tell(name);
      return { name, line, label: line?.label ?? name, text };
    });
  }

  /* "step 12: loss 0.03", read off the runs that belong to a name. */
  onTheWay(name) {
    const runs = this.figure.frame.lines.filter((l) => l.run && l.part === "all" && l.data === l.gid && belongs(l.gid, name));
    const { step, frame } = this.figure;
    const parts = runs.flatMap((line) => this.columns(line).map(({ name, text }) => `${name} ${text(step)}`));
    return parts.length ? `${frame.step} ${step}: ${parts.join(", ")}` : null;
  }

  /* What the numbers of a line are called, and how they read at a step. */
  columns(line) {
    const axes = this.figure.frame.axes[line.axes];
    const offsets = this.figure.answer.offsets(line.data, axes);
    return [0, 1]
      .filter((side) => line.names[side])
      .map((side) => ({
        name: line.names[side],
        text: (step) => (step < offsets[side].length ? readOff(axes, side, offsets[side][step]) : ""),
      }));
  }

  show() {
    if (!this.takesLong) return this.tell();
    const { answer } = this.figure;
    this.write(this.sentences((name) => (answer.waits(name) ? "counting \u2026" : answer.said(name))));
    clearTimeout(this.counting);
    this.counting = setTimeout(() => this.tell(), REST);
  }

  /* Every sentence, those that take long, too. */
  tell() {
    clearTimeout(this.counting);
    this.counting = null;
    const { answer } = this.figure;
    const [counts, begin] = [Object.keys(answer.words).some((name) => answer.waits(name)), performance.now()];
    const sentences = this.sentences();
    if (counts) this.takesLong = performance.now() - begin > LONG;
    this.write(sentences);
  }

  write(sentences) {
    const named = sentences.map(({ name, label }) => `${name} ${label}`).join("\n");
    if (named !== this.named) this.words.replaceChildren(...sentences.map(wordRow));
    this.named = named;
    sentences.forEach(({ text }, k) => {
      const said = this.words.children[k].lastChild;
      if (said.textContent !== text) said.textContent = text; // else the page is laid out anew for nothing
    });
  }

  /* The hand rests. */
  rest() {
    const spoken = this.sentences().map(({ label, text }) => `${label}: ${text}`);
    if (!this.figure.player?.playing) this.status.textContent = spoken.join(". ");
    if (this.figure.spec.challenge) this.keepBest();
    this.showNumbers();
  }

  /* Where the hand rests counts; what it passes on the way does not. */
  keepBest() {
    const { name, text } = this.figure.spec.challenge;
    const score = this.figure.answer.said(name);
    if (score && !(Number(score) >= this.best?.score)) {
      const inPage = this.figure.spec.controls.filter(({ living }) => living);
      const setting = inPage.map((one) => `${one.label} ${this.figure.text(one.name)}`).join(", ");
      this.best = { score: Number(score), setting };
    }
    this.record.textContent = this.best
      ? `${text}, your best so far: ${this.best.score} (${minus(this.best.setting)})`
      : `${text}: not reached yet`;
  }

  /* Filled when opened: what the runs say at each step, as exactly as the figure shows it. */
  showNumbers() {
    if (!this.details.open) return;
    const named = this.figure.frame.lines.filter((l) => l.part === "all" && l.data === l.gid && this.figure.answer.count(l.data));
    const runs = named.filter((l) => l.run);
    const lines = runs.length ? runs : named;
    const count = Math.max(...lines.map((l) => this.figure.answer.count(l.data)));
    const columns = lines.flatMap((l) => this.columns(l).map(({ name, text }) => [`${l.label}: ${name}`, text]));
    const heads = [runs.length ? this.figure.frame.step : "point", ...columns.map(([head]) => head)];
    const rows = Array.from({ length: count }, (_, k) => [k, ...columns.map(([, text]) => text(k))]);
    const said = "Read off the figure, to the digits it can show; a dash where a line has left the numbers.";
    this.numbers.replaceChildren(element("p", { textContent: said }), numberTable(heads, rows));
  }
}

/* "loss.momentum" and "momentum" both belong to momentum. */
function belongs(gid, name) {
  return gid === name || gid.split(".").at(-1) === name;
}

function wordRow({ name, line, label }) {
  const parts = line ? [sample(line)] : [];
  const said = element("span", { className: "live-said" });
  const row = element("li", {}, ...parts, element("b", { textContent: label }), said);
  row.dataset.name = name;
  return row;
}

function numberTable(heads, rows) {
  const cells = (tag, values) => values.map((value) => element(tag, { textContent: value }));
  return element(
    "table",
    {},
    element("thead", {}, element("tr", {}, ...cells("th", heads))),
    element("tbody", {}, ...rows.map((row) => element("tr", {}, ...cells("td", row)))),
  );
}
