/* Data and pixels. Axes come from Drawing.frame; side 0 is x, side 1 is y. */

function edges(axes, side) {
  const [x, y, width, height] = axes.box;
  return side === 0 ? [x, x + width] : [y + height, y];
}

/* The function that gives a value's place in px. */
export function placed(axes, side) {
  const scale = axes.log[side] ? Math.log : Number;
  const [low, high] = axes.limits[side].map(scale);
  const [from, to] = edges(axes, side);
  return (value) => from + ((scale(value) - low) / (high - low)) * (to - from);
}

function toData(axes, side, pixel) {
  const [low, high] = axes.limits[side];
  const [from, to] = edges(axes, side);
  const part = (pixel - from) / (to - from);
  return axes.log[side] ? low * (high / low) ** part : low + (high - low) * part;
}

/* The number at an offset from the middle, rounded to what the figure can tell. */
export function readOff(axes, side, offset) {
  if (Number.isNaN(offset)) return "\u2013";
  const middle = (edges(axes, side)[0] + edges(axes, side)[1]) / 2;
  const value = toData(axes, side, middle + offset);
  const coarse = Math.abs(toData(axes, side, middle + offset + 1 / 16) - value);
  const digits = Math.ceil(Math.log10(Math.abs(value) / coarse));
  if (!(digits > 0)) return "0";
  return minus(String(Number(value.toPrecision(Math.min(digits, 3)))));
}

/* A hyphen before a figure is a minus sign; one within a word stays. */
export function minus(text) {
  return text.replace(/-(?=[\d.])/g, "\u2212");
}
