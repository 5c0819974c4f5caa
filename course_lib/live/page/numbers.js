/* Numbers as people type them, and a box for them. */

import { element } from "./elements.js";
import { stepByKey } from "./keys.js";

/* What is replaced by what, in turn, and what is a number then: as course_lib/checks/typed.py reads answers. */
const RULES = [
  [/[\s'\u2019\u2060]/g, ""],
  [/[\u2010-\u2015\u2212\ufe63\uff0d]/g, "-"],
  [/,(?=([0-9]{3},)*[0-9]{3}[.][0-9]*$)/g, ""], // 1,234.5
  [/[.](?=([0-9]{3}[.])*[0-9]{3},[0-9]*$)/g, ""], // 1.234,5
  [/,(?=[0-9]{3},)|(?<=,[0-9]{3}),(?=[0-9]{3}$)/g, ""], // 1,234,567
  [/[.](?=[0-9]{3}[.])|(?<=[.][0-9]{3})[.](?=[0-9]{3}$)/g, ""],
];
const UNCLEAR = /^[+-]?[1-9][0-9]{0,2},[0-9]{3}$/; // 1,500: one and a half, or one thousand five hundred?
const NUMBER = /^[+-]?([0-9]+[.,]?[0-9]*|[.,][0-9]+)(e[+-]?[0-9]+)?$/;

/* The number a text means, or NaN. */
export function readNumber(text) {
  const plain = RULES.reduce((rest, [pattern, by]) => rest.replace(pattern, by), text.slice(0, 100).toLowerCase());
  const parts = plain.replace(/%$/, "").split("/");
  const isRead = (part) => NUMBER.test(part) && !UNCLEAR.test(part);
  if (parts.length > 2 || !parts.every(isRead)) return NaN;
  const [top, bottom = 1] = parts.map((part) => Number(part.replace(",", ".")));
  return bottom === 0 ? NaN : (top / bottom) * (plain.endsWith("%") ? 0.01 : 1);
}

/* A box in which a number can be typed. moveTo(number) and moveBy(steps) move the quantity; tell(sentence) says what
   could not be read, and the box shows again what is set. What is being typed stays until it is done. */
export function numberBox(label, { moveTo, moveBy, tell }) {
  const box = element("input", { type: "text", className: "live-number", ariaLabel: label, autocomplete: "off" });
  box.setAttribute("role", "spinbutton");
  let present = "";
  const putBack = () => (box.value = present);
  const show = (text) => {
    const typing = box.value !== present && box.matches(":focus");
    present = text;
    if (!typing) putBack();
    box.setAttribute("aria-valuetext", text);
    box.setAttribute("aria-valuenow", readNumber(text));
  };
  box.addEventListener("change", () => {
    const typed = box.value;
    const number = readNumber(typed);
    putBack();
    if (Number.isFinite(number)) moveTo(number);
    else tell(`${typed.trim() ? `\u201c${typed}\u201d` : "An empty box"} cannot be read as a number: ${label} stays at ${present}.`);
  });
  stepByKey(box, { moveBy, putBack });
  return { node: box, show };
}
