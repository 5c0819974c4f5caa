/* The canvas: what is under the lines, the lines, and what is over them. */

import { drawLines } from "./drawing.js";
import { bitmap, element, watchPixels } from "./elements.js";
import { Ground } from "./ground.js";

export class Paper {
  constructor(figure, alt, signal) {
    this.figure = figure;
    this.frames = 0; // drawn until now
    this.kept = {};
    const [width, height] = figure.frame.size;
    this.canvas = element("canvas");
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", alt);
    this.canvas.style.aspectRatio = `${width} / ${height}`;
    watchPixels(this.canvas, () => this.drawSoon(), signal);
  }

  /* What decides the picture. Not what the kernel has not answered yet. */
  get wanted() {
    const { came, shown, step } = this.figure;
    return [came, step, ...Object.values(shown)];
  }

  redraw() {
    if (!this.wanted.every((part, k) => part === this.drawn?.[k])) this.drawSoon();
  }

  drawSoon() {
    this.pending ??= requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.pending = null;
    this.drawn = this.wanted;
    const { answer, frame, step, lastStep } = this.figure;
    const { under, over } = this.figure.pictures;
    const [width, height] = frame.size;
    const dense = (this.canvas.clientWidth / width || 1) * (window.devicePixelRatio || 1);
    const [across, down] = [Math.round(width * dense), Math.round(height * dense)];
    if (this.canvas.width !== across || this.canvas.height !== down)
      Object.assign(this.canvas, { width: across, height: down });
    const context = this.canvas.getContext("2d", { alpha: false }); // nothing shines through: quicker on the screen
    context.setTransform(across / width, 0, 0, down / height, 0, 0);
    if (frame.ground) this.drawGround(context, frame, across / width);
    context.drawImage(this.scaled("under", under), 0, 0, width, height);
    drawLines(context, frame, answer, { step, lastStep });
    if (over) context.drawImage(this.scaled("over", over), 0, 0, width, height);
    this.frames += 1;
  }

  /* What is under the picture, whose axes are clear there. */
  drawGround(context, { ground, axes, size, paper, dpi }, dense) {
    context.fillStyle = paper;
    context.fillRect(0, 0, ...size);
    const [x, y, width, height] = axes[ground.axes].box;
    const [program, key] = this.figure.programs.ground(this.figure.shown);
    this.ground ??= new Ground(ground);
    const pixels = [width, height].map((length) => Math.round(length * dense));
    context.drawImage(this.ground.painted(program, key, axes[ground.axes], dpi, ...pixels), x, y, width, height);
  }

  /* A layer at the size it is drawn; made once, since good scaling is too slow for every frame. */
  scaled(name, source) {
    const { width, height } = this.canvas;
    const kept = this.kept[name];
    if (kept?.source === source && kept.canvas.width === width && kept.canvas.height === height) return kept.canvas;
    const canvas = element("canvas", { width, height });
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(source, 0, 0, width, height);
    this.kept[name] = { source, canvas };
    return canvas;
  }
}

/* { frame, below, under, over }: the geometry, and what is under and over the lines; known: pictures had before. */
export async function unpackPictures([frame, below, above], known) {
  if (below === known?.below && frame === known.frame) return known; // unpacking takes long
  const [under, over] = await Promise.all([bitmap(below), above?.byteLength ? bitmap(above) : null]);
  return { frame, below, under, over };
}

const TILE = 32; // dots, see raster.py

/* Pictures that differ from the first ones in some tiles: [row, column, number in the atlas]. */
export function patched(first, frame, tiles, atlas) {
  const { width, height } = first.under;
  const rows = Math.ceil(height / TILE); // below them stand those of what is over the lines
  const across = atlas.width / TILE;
  const layer = (source, top) => {
    const canvas = element("canvas", { width, height });
    const context = canvas.getContext("2d");
    if (source) context.drawImage(source, 0, 0);
    for (const [row, column, number] of tiles.filter(([row]) => row >= top && row < top + rows)) {
      const place = [column * TILE, (row - top) * TILE, TILE, TILE];
      context.clearRect(...place);
      context.drawImage(atlas, (number % across) * TILE, Math.floor(number / across) * TILE, TILE, TILE, ...place);
    }
    return canvas;
  };
  const over = first.over || tiles.some(([row]) => row >= rows);
  return { frame: { ...first.frame, ...frame }, under: layer(first.under, 0), over: over ? layer(first.over, rows) : null };
}
