/* A transparent pane over some axes: pointer and arrow keys on it move the quantities of its sides. */

import { placed } from "./axes.js";
import { nearest } from "./controls.js";
import { element } from "./elements.js";
import { onKey } from "./keys.js";

const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowDown: [1, -1], ArrowUp: [1, 1] }; // side, direction

export class Pad {
  constructor(figure, { axes, names }) {
    Object.assign(this, { figure, axes, names });
    this.sides = [0, 1].filter((side) => figure.offered.some((control) => control.name === names[side]));
    this.label = names.filter((name) => name).map((name) => figure.control(name).label).join(" and ");
    const node = (this.node = element("div", { className: "live-pad", tabIndex: 0 }));
    node.setAttribute("role", "application");
    node.setAttribute("aria-label", `${this.label}: move with the arrow keys`);
    node.addEventListener("pointerdown", (event) => {
      if (!isPrimary(event)) return;
      node.setPointerCapture(event.pointerId);
      node.focus({ preventScroll: true });
      this.point(event);
    });
    node.addEventListener("pointermove", (event) => {
      if (node.hasPointerCapture(event.pointerId) && event.buttons & 1) this.point(event);
    });
    onKey(node, (event) => this.arrow(event));
  }

  place() {
    const [width, height] = this.figure.frame.size;
    const [x, y, w, h] = this.figure.frame.axes[this.axes].box;
    const part = (length, whole) => `${(100 * length) / whole}%`;
    const box = { left: part(x, width), top: part(y, height), width: part(w, width), height: part(h, height) };
    Object.assign(this.node.style, box);
  }

  point(event) {
    const { frame, canvas } = this.figure;
    const place = canvas.getBoundingClientRect();
    const scale = frame.size[0] / place.width;
    const pixel = [(event.clientX - place.left) * scale, (event.clientY - place.top) * scale];
    const changes = {};
    for (const side of this.sides) {
      const stops = this.figure.control(this.names[side]).values.map(placed(frame.axes[this.axes], side));
      changes[this.names[side]] = this.inside(side, nearest(stops, pixel[side]));
    }
    this.figure.move(changes);
  }

  arrow(event) {
    const [side, direction] = ARROWS[event.key] ?? [];
    if (!this.sides.includes(side)) return false;
    const name = this.names[side];
    const { values } = this.figure.control(name);
    const [low, high] = this.figure.frame.axes[this.axes].limits[side];
    const way = direction * Math.sign(high - low) * Math.sign(values.at(-1) - values[0]) * (event.shiftKey ? 10 : 1);
    this.figure.move({ [name]: this.inside(side, this.figure.settings[name] + way) });
    return true;
  }

  /* The number of the value nearest to number k that the axes show. */
  inside(side, k) {
    const [low, high] = this.figure.frame.axes[this.axes].limits[side];
    const isShown = (value) => +(Math.abs(2 * value - low - high) <= 1.000001 * Math.abs(high - low));
    const shown = this.figure.control(this.names[side]).values.map(isShown);
    return Math.max(0, shown.indexOf(1), Math.min(k, shown.lastIndexOf(1)));
  }
}

/* Not the buttons, nor the Ctrl click of a Mac, that open a menu or scroll, and no second finger. */
function isPrimary({ button, ctrlKey, isPrimary }) {
  return button === 0 && !ctrlKey && isPrimary;
}
