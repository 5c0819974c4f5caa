/* Numbers as people type them, and a box for them. */

import { element } from "./elements.js";
import { stepByKey } from "./keys.js";

const MINUS = /[\u2010-\u2015\u2212]/g; // what else stands for a minus, in print and on phones
const WHOLE = String.raw`\d{1,3}(?:(?<between>[ '_.,])\d{3})(?:\k<between>\d{3})*|\d*`;
const NUMBER = new RegExp(
  String.raw`^(?<sign>[+-]?) ?(?<whole>${WHOLE})(?:(?<point>[.,])(?<part>\d*))?(?<power>e[+-]?\d+)? ?(?<percent>%?)$`,
  "i",
);

/* The number a text means, or NaN: with a decimal point or comma, any minus, thousands set apart, % for hundredths. */
export function readNumber(text) {
  const plain = text.normalize("NFKC").replace(MINUS, "-").replaceAll("\u2019", "'").trim();
  const found = NUMBER.exec(plain)?.groups;
  if (!found || (found.point && found.point === found.between)) return NaN;
  const { sign, whole, between, point, part = "", power = "", percent } = found;
  const isDecimal = !point && ".,".includes(between ?? " ") && whole.split(between).length === 2; // 1,000 is one
  const digits = isDecimal ? whole.replace(between, ".") : `${whole.replaceAll(between, "")}.${part}`;
  return Number(sign + digits + power) / (percent ? 100 : 1);
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
    else tell(`${typed.trim() ? `\u201c${typed}\u201d` : "An empty box"} is no number: ${label} stays at ${present}.`);
  });
  stepByKey(box, { moveBy, putBack });
  return { node: box, show };
}
