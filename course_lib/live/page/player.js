/* The step slider, and play. */

import { button, element } from "./elements.js";
import { numberBox } from "./numbers.js";

export class Player {
  constructor(figure) {
    this.figure = figure;
    this.playing = null; // the frame that is asked for
    const { step } = figure.frame; // what a step is called
    this.button = button("", () => this.toggle(), { className: "live-play" });
    this.range = element("input", { type: "range", min: 0, step: 1, ariaLabel: step });
    this.range.addEventListener("input", () => this.choose(Number(this.range.value)));
    this.box = numberBox(step, {
      moveTo: (number) => this.choose(Math.round(number)),
      moveBy: (steps) => this.choose(figure.step + steps),
      tell: (sentence) => figure.messages.answerTyping(sentence),
    });
    const label = element("span", { className: "live-label" }, this.button, step);
    this.node = element("div", { className: "live-row live-steps" }, label, this.range, this.box.node);
    this.node.dataset.name = "step";
  }

  choose(step) {
    this.pause();
    this.goTo(step);
  }

  goTo(step) {
    const { lastStep } = this.figure;
    const inside = Math.max(0, Math.min(lastStep, step));
    this.figure.move({ step: inside === lastStep ? null : inside });
  }

  show() {
    this.range.max = this.figure.lastStep;
    this.range.value = this.figure.step;
    this.box.show(String(this.figure.step));
    this.button.setAttribute("aria-label", this.playing ? "Pause" : "Play");
    this.button.classList.toggle("live-playing", Boolean(this.playing));
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
    this.show();
  }

  /* From the step shown, or from the first if that is the last; who wants less motion gets a tenth a press. */
  play() {
    const { step: present, lastStep, spec } = this.figure;
    const first = present === lastStep ? 0 : present;
    if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.goTo(first + Math.ceil(lastStep / 10));
      return;
    }
    const began = performance.now();
    const rate = lastStep / (1000 * spec.seconds);
    const tick = (now) => {
      const step = first + Math.floor(Math.max(0, now - began) * rate);
      this.playing = step < lastStep ? requestAnimationFrame(tick) : null;
      this.goTo(step);
    };
    this.playing = requestAnimationFrame(tick);
  }

  pause() {
    cancelAnimationFrame(this.playing);
    this.playing = null;
    this.show();
  }
}
