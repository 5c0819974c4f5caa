/* A landscape from above, drawn from the traced heights of its surface: pale bands with white lines between them, spaced
 * by the logarithm of the height, as plots.draw_landscape draws one.
 */

import { element } from "./elements.js";

const GRID = 240; // places a side; between them heights are interpolated
const LINE = 1.1; // pt, of the lines between the bands

export class Ground {
  constructor(place) {
    Object.assign(this, place); // axes: their number; colors: of the bands, from low to high
  }

  /* A canvas of so many pixels with the landscape in the limits of its axes. program: heights of a row of places. */
  painted(program, key, axes, dpi, width, height) {
    const wanted = [key, axes, width, height];
    if (!wanted.every((part, k) => part === this.wanted?.[k])) {
      const levels = this.levels(program, axes.limits);
      this.canvas = paint(levels, this.colors, ((LINE / 72) * dpi * width) / axes.box[2], width, height);
    }
    this.wanted = wanted;
    return this.canvas;
  }

  /* Of each place of the grid, in which band it lies, from 0 to their number; y up. */
  levels(program, [[left, right], [bottom, top]]) {
    const along = (low, high, k) => low + ((high - low) * k) / (GRID - 1);
    const heights = new Float64Array(GRID * GRID);
    const xs = Array.from({ length: GRID }, (_, k) => along(left, right, k));
    let [low, high] = [Infinity, -Infinity];
    for (let row = 0; row < GRID; row++) {
      program.run({ ...program.given, x: xs, y: [along(bottom, top, row)] });
      heights.set(program.numbers("height", 1), row * GRID);
    }
    for (const value of heights) [low, high] = [Math.min(low, value), Math.max(high, value)];
    const [lowest] = program.numbers("lowest", 1);
    const floor = Math.min(low, Number.isFinite(lowest) ? lowest : Infinity) - (high - low) * 1e-3;
    const [from, to] = [Math.log10(low - floor), Math.log10(high - floor)];
    return heights.map((value) => ((Math.log10(value - floor) - from) / (to - from)) * this.colors.length);
  }
}

function paint(levels, colors, line, width, height) {
  const canvas = element("canvas", { width, height });
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  const [across, down] = [(GRID - 1) / width, (GRID - 1) / height];
  const last = colors.length - 1;
  for (let row = 0, at = 0; row < height; row++) {
    const y = GRID - 1 - (row + 0.5) * down;
    const j = Math.min(GRID - 2, Math.floor(y));
    const v = y - j;
    for (let column = 0; column < width; column++, at += 4) {
      const x = (column + 0.5) * across;
      const i = Math.min(GRID - 2, Math.floor(x));
      const u = x - i;
      const k = j * GRID + i;
      const [a, b, c, d] = [levels[k], levels[k + 1], levels[k + GRID], levels[k + GRID + 1]];
      const low = a + (b - a) * u;
      const level = low + (c + (d - c) * u - low) * v;
      const slope = Math.hypot(((b - a) * (1 - v) + (d - c) * v) * across, ((c - a) * (1 - u) + (d - b) * u) * down);
      const between = Math.max(1, Math.min(last, Math.round(level)));
      const white = Math.max(0, Math.min(1, line / 2 + 0.5 - Math.abs(level - between) / slope));
      const color = colors[Math.max(0, Math.min(last, Math.floor(level)))];
      for (let part = 0; part < 3; part++) image.data[at + part] = color[part] + (255 - color[part]) * white;
      image.data[at + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}
