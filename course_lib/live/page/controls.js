/* What the reader moves a quantity with: each control is { node, show(index) }; tell(sentence) says what could not be
   read. */

import { element } from "./elements.js";
import { numberBox } from "./numbers.js";

function rangeControl(control, choose, tell) {
  const range = element("input", { type: "range", min: 0, max: control.texts.length - 1, step: 1, ariaLabel: control.label });
  range.addEventListener("input", () => choose(Number(range.value)));
  const box = control.typed ? valueBox(control, choose, tell) : textBox(control);
  const node = element("div", { className: "live-row" }, caption(control.label), range, box.node);
  return {
    node,
    show(index) {
      range.value = index;
      range.setAttribute("aria-valuetext", control.texts[index]);
      box.show(index);
    },
  };
}

function caption(text) {
  return element("span", { className: "live-label", textContent: text });
}

function valueBox(control, choose, tell) {
  let present = 0;
  const last = control.values.length - 1;
  const box = numberBox(control.label, {
    moveTo: (number) => choose(nearest(control.values, number)),
    moveBy: (steps) => choose(Math.max(0, Math.min(last, present + steps))),
    tell,
  });
  const show = (index) => {
    present = index;
    box.show(control.texts[index]);
  };
  widen(box.node, control);
  return { node: box.node, show };
}

/* As wide as its longest text, so that the slider beside it stays as long as it is; on a narrow screen a long one stands
   below it. */
function widen(node, { texts }) {
  const longest = Math.max(...texts.map((text) => text.length));
  node.classList.toggle("live-long", longest > 7);
  node.style.minWidth = `calc(${longest}ch + 18px)`;
}

function textBox(control) {
  const node = element("output", { className: "live-number" });
  widen(node, control);
  return { node, show: (index) => (node.textContent = control.texts[index]) };
}

function boxControl(control, choose, tell) {
  const box = valueBox(control, choose, tell);
  const node = element("label", { className: "live-row live-short" }, caption(control.label), box.node);
  return { node, show: box.show };
}

function choiceControl(control, choose) {
  const options = control.texts.map((text, index) => element("option", { value: index, textContent: text }));
  const select = element("select", { ariaLabel: control.label }, ...options);
  select.addEventListener("change", () => choose(Number(select.value)));
  const node = element("label", { className: "live-row live-short" }, caption(control.label), select);
  return { node, show: (index) => (select.value = index) };
}

export const CONTROLS = { range: rangeControl, number: boxControl, choice: choiceControl };

export function nearest(values, wanted) {
  let best = 0;
  values.forEach((value, k) => {
    if (Math.abs(value - wanted) < Math.abs(values[best] - wanted)) best = k;
  });
  return best;
}
