/* Texts with holes, filled as Python's format would: f, e, g, p, which is g with a power of ten, and m, which
 * is f with a minus sign that is one, none before zero, and a power of ten from 10^5 on; see tracing.py. */

const RAISED = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079";
const FORM = /^(\+?)(?:\.(\d+))?([efgmp])$/;

/* The text whose number stands in a cell. */
export function fill(texts, cells, cell) {
  return texts[cells[cell]].map((part, k) => (k % 2 ? hole(texts, cells, part) : part)).join("");
}

function hole(texts, cells, [cell, form]) {
  return form === "text" ? fill(texts, cells, cell) : format(cells[cell], form);
}

export function format(value, form) {
  const [, plus, given, kind] = FORM.exec(form);
  const digits = Number(given ?? 6);
  const text = sized(Math.abs(value), digits, kind);
  if (kind === "m") return (value < 0 && Number(text) !== 0 ? "\u2212" : plus) + text;
  return (value < 0 || Object.is(value, -0) ? "-" : plus) + text;
}

function sized(size, digits, kind) {
  if (!Number.isFinite(size)) return Number.isNaN(size) ? "nan" : "inf";
  if (kind === "m" && size >= 1e5) return powered(size, digits + 1);
  if (kind === "f" || kind === "m") return fixed(size, digits);
  if (kind === "e") return scientific(size, digits);
  if (kind === "g") return general(size, Math.max(1, digits));
  return powered(size, Math.max(1, digits));
}

/* Digits of an exact number are rounded half to even; toFixed, toPrecision and toExponential round a tie up. A double
 * has at most 1074 digits behind the point, and a tie ends in a 5 with none behind it. */
function fixed(size, digits) {
  if (size >= 1e21) return String(BigInt(size)) + (digits ? `.${"0".repeat(digits)}` : ""); // toFixed gives up there
  const up = size.toFixed(digits);
  return isTie(size, digits) && isOdd(up) ? below(up) : up;
}

/* Whether exactly half a unit of the last of these digits behind the point is left. */
function isTie(size, digits) {
  if (size >= 2 ** 52) return false; // a whole number
  const parts = 2 ** Math.min(52, digits + 1); // a tie is a whole number of 2^-(digits + 1)
  return Number.isInteger(size * parts) && /^50*$/.test(size.toFixed(Math.min(100, digits + 55)).split(".")[1].slice(digits));
}

function isOdd(text) {
  return Number(text.at(-1)) % 2 === 1;
}

/* A tie rounded up ends in an odd digit; the one below is even. An odd digit is at least 1, so nothing is carried. */
function below(text) {
  return text.slice(0, -1) + (Number(text.at(-1)) - 1);
}

function scientific(size, digits) {
  const [mantissa, exponent] = rounded(size, digits);
  return `${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

/* [mantissa, exponent] to so many digits behind the point, half to even. */
function rounded(size, digits) {
  const [mantissa, exponent] = size.toExponential(digits).split("e");
  const power = Number(exponent);
  const exact = size.toExponential(100).split("e");
  const tie = Number(exact[1]) === power && /^50*$/.test(exact[0].split(".")[1].slice(digits));
  return [tie && isOdd(mantissa) ? below(mantissa) : mantissa, power];
}

function general(size, digits) {
  if (size === 0) return "0";
  const [mantissa, exponent] = rounded(size, digits - 1);
  if (exponent < -4 || exponent >= digits) return `${trim(mantissa)}${scientific(size, digits - 1).slice(mantissa.length)}`;
  return trim(fixed(size, digits - 1 - exponent));
}

function powered(size, digits) {
  const value = Number(general(size, digits));
  if (value === 0 || (value >= 1e-3 && value < 1e5)) return general(value, 6);
  const [mantissa, exponent] = rounded(value, digits - 1);
  const raised = String(exponent).replace(/[-\d]/g, (letter) => (letter === "-" ? "\u207b" : RAISED[letter]));
  return Number(mantissa) === 1 ? `10${raised}` : `${trim(mantissa)} \u00b7 10${raised}`;
}

function trim(text) {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
