/* The page's half of a live figure: look up the answer to a setting, draw it, follow the hand.
 *
 * The same file serves notebooks, where anywidget calls `render`, and exported pages, which call
 * `mountExported`. They differ in their host only: where table and settings come from, and whether a
 * kernel can be asked. All labels go in as text, never as markup. ASCII only, see export.py.
 */

// ---- the table: one compressed buffer, see codec.py

const CUT = -32768;
const NEAR = 1024; // px up to which codes are linear
const PARTS = 16; // codes a px
const RATE = 3e-4; // relative step of a code beyond

async function unpack(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const buffer = await new Response(stream).arrayBuffer();
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  let start = 4 + length;
  const arrays = header.arrays.map((shape) => {
    const values = new Int16Array(buffer, start, shape.reduce((a, b) => a * b, 1));
    start += values.byteLength;
    return undoDifferences({ shape, points: shape.at(-1), values });
  });
  return { ...header, arrays };
}

function undoDifferences(array) {
  const { values, points } = array;
  for (let first = 0; first < values.length; first += points)
    for (let k = first + 1; k < first + points; k++) values[k] += values[k - 1];
  return array;
}

/* The points of one cell of the grid; an axis of length 1 holds the same for all. */
function lookup(array, cell) {
  const number = cell.reduce((n, k, axis) => n * array.shape[axis] + (array.shape[axis] > 1 ? k : 0), 0);
  return array.values.subarray(number * array.points, (number + 1) * array.points);
}

/* The points that a step shows, of a line that has some for each. */
function frameOf(codes, step, lastStep) {
  const size = codes.length / (lastStep + 1);
  return codes.subarray(step * size, (step + 1) * size);
}

function restore(code) {
  const size = Math.abs(code);
  if (size <= PARTS * NEAR) return code / PARTS;
  return Math.sign(code) * NEAR * Math.exp((size - PARTS * NEAR) * RATE);
}

// ---- data and pixels: side 0 is x, side 1 is y

function edges(axes, side) {
  const [x, y, width, height] = axes.box;
  return side === 0 ? [x, x + width] : [y + height, y];
}

function toPixel(axes, side, value) {
  const scale = axes.log[side] ? Math.log : Number;
  const [low, high] = axes.limits[side].map(scale);
  const [from, to] = edges(axes, side);
  return from + ((scale(value) - low) / (high - low)) * (to - from);
}

function toData(axes, side, pixel) {
  const [low, high] = axes.limits[side];
  const [from, to] = edges(axes, side);
  const part = (pixel - from) / (to - from);
  return axes.log[side] ? low * (high / low) ** part : low + (high - low) * part;
}

/* The number a code stands for, rounded to what the figure can tell. */
function readOff(axes, side, code) {
  if (code === CUT) return "\u2013";
  const middle = (edges(axes, side)[0] + edges(axes, side)[1]) / 2;
  const value = toData(axes, side, middle + restore(code));
  const coarse = Math.abs(toData(axes, side, middle + restore(code + 1)) - value);
  const digits = Math.ceil(Math.log10(Math.abs(value) / coarse));
  if (!(digits > 0)) return "0";
  return minus(String(Number(value.toPrecision(Math.min(digits, 3)))));
}

/* A hyphen before a figure is a minus sign; one within a word stays. */
function minus(text) {
  return text.replace(/-(?=[\d.])/g, "\u2212");
}

// ---- drawing

/* Points of a line in px: of a run up to the step, of a framed line its frame there; null where it is cut. */
function points(frame, table, line, cell, { step, lastStep }) {
  const [x, y, width, height] = frame.axes[line.axes].box;
  const [xs, ys] = table.lines[line.data]
    .map((number) => lookup(table.arrays[number], cell))
    .map((codes) => (line.framed ? frameOf(codes, step, lastStep) : codes));
  const count = line.run ? Math.min(step + 1, xs.length) : xs.length;
  return Array.from({ length: count }, (_, k) =>
    xs[k] === CUT || ys[k] === CUT
      ? null
      : [x + width / 2 + restore(xs[k]), y + height / 2 + restore(ys[k])],
  );
}

function drawLine(context, frame, line, path) {
  context.save();
  if (line.clip) {
    context.beginPath();
    context.rect(...frame.axes[line.axes].box);
    context.clip();
  }
  if (line.part === "head") drawHead(context, line.marker, path);
  else if (line.part === "tip") drawTip(context, line.marker, path);
  else {
    if (line.width && line.color) stroke(context, line, path);
    if (line.marker) drawMarkers(context, line, line.clip ? seen(frame.axes[line.axes], path) : path);
  }
  context.restore();
}

function stroke(context, line, path) {
  context.beginPath();
  let broken = true;
  for (const point of path) {
    if (point) context[broken ? "moveTo" : "lineTo"](...point);
    broken = !point;
  }
  context.lineWidth = line.width;
  context.strokeStyle = line.color;
  context.lineCap = line.cap;
  context.lineJoin = line.join;
  context.setLineDash(line.dashes);
  context.lineDashOffset = line.offset;
  context.stroke();
  context.setLineDash([]);
}

const MARGIN = 40; // px: no marker is larger

/* The same points, null where their markers would be clipped away. */
function seen({ box: [x, y, width, height] }, path) {
  const near = (value, low, length) => value > low - MARGIN && value < low + length + MARGIN;
  return path.map((point) => (point && near(point[0], x, width) && near(point[1], y, height) ? point : null));
}

function drawMarkers(context, line, path) {
  const outline = new Path2D(line.marker.path);
  const places = chosen(line.every, path.length).flatMap((k) => (path[k] ? [path[k]] : []));
  if (line.marker.edge && line.marker.width)
    for (const place of places) drawMarker(context, line.marker, outline, place, 0);
  else drawDots(context, line.marker, outline, places);
}

/* Markers without an edge, all at once, which is quicker. */
function drawDots(context, marker, outline, places) {
  if (!marker.face) return;
  const all = new Path2D();
  for (const [x, y] of places) all.addPath(outline, { e: x, f: y });
  context.fillStyle = marker.face;
  context.fill(all);
}

function chosen(every, count) {
  if (every.only) return every.only.map((k) => (k < 0 ? count + k : k));
  const [first, stop, step] = every;
  const numbers = [];
  for (let k = first; k < Math.min(stop ?? count, count); k += step) numbers.push(k);
  return numbers;
}

function drawHead(context, marker, path) {
  const end = path.findLast((point) => point);
  if (end) drawMarker(context, marker, new Path2D(marker.path), end, 0);
}

function drawTip(context, marker, path) {
  const [before, end] = path.filter((point) => point).slice(-2);
  if (!end || Math.hypot(end[0] - before[0], end[1] - before[1]) < 1e-3) return;
  const angle = Math.atan2(end[1] - before[1], end[0] - before[0]);
  drawMarker(context, marker, new Path2D(marker.path), end, angle);
}

function drawMarker(context, marker, outline, [x, y], angle) {
  context.save();
  context.translate(x, y);
  context.rotate(angle);
  if (marker.face) {
    context.fillStyle = marker.face;
    context.fill(outline);
  }
  if (marker.edge && marker.width) {
    context.strokeStyle = marker.edge;
    context.lineWidth = marker.width;
    context.lineJoin = marker.join;
    context.stroke(outline);
  }
  context.restore();
}

// ---- elements

function element(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

function svgElement(tag, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/* A short piece of a line as it is drawn, so that words and lines belong together without colour. */
function sample(line) {
  const look = {
    stroke: line.color ?? "none",
    "stroke-width": line.width,
    "stroke-dasharray": line.dashes.join(" "),
    "stroke-linecap": line.cap,
  };
  const picture = svgElement(
    "svg",
    { class: "live-sample", viewBox: "0 0 46 16", "aria-hidden": "true" },
    svgElement("path", { d: "M5 8H41", ...look }),
  );
  if (line.marker)
    picture.append(
      svgElement("path", {
        d: line.marker.path,
        transform: "translate(23 8)",
        fill: line.marker.face ?? "none",
        stroke: line.marker.edge ?? "none",
        "stroke-width": line.marker.width,
      }),
    );
  return picture;
}

// ---- controls: each is { node, show(index), enable(yes) }

function rangeControl(control, choose) {
  const range = element("input", { type: "range", min: 0, max: control.texts.length - 1, step: 1, ariaLabel: control.label });
  range.addEventListener("input", () => choose(Number(range.value)));
  const box = control.typed ? numberBox(control, choose) : textBox(control);
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

// ---- keys

const KEYS = new WeakMap(); // element -> what it does with a key: true if it knew it
const STEPS = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 };

function onKey(node, act) {
  KEYS.set(node, act);
}

/* A number box goes up and down the steps of its slider. */
function stepByKey(box, move) {
  onKey(box, ({ key }) => {
    if (key in STEPS) move(STEPS[key]);
    return key in STEPS;
  });
}

/* Keys pressed in a figure belong to it. Notebooks and slides take theirs in the capture phase of the document
 * (Notebook 7 moves to the next cell on an arrow key in a slider), so ours are taken one place earlier. */
function takeKeys(root, otherwise, signal) {
  const listen = (event) => {
    const isShortcut = event.ctrlKey || event.metaKey || event.altKey || event.key === "Escape";
    const runsCell = event.key === "Enter" && event.shiftKey;
    if (!root.contains(event.target) || isShortcut || runsCell) return;
    event.stopPropagation();
    if (KEYS.get(event.target)?.(event) || otherwise(event)) event.preventDefault();
  };
  window.addEventListener("keydown", listen, { capture: true, signal });
}

function numberBox(control, choose) {
  const box = element("input", { type: "number", step: "any", className: "live-number", ariaLabel: control.label });
  let present = 0;
  box.addEventListener("change", () => {
    if (box.value === "" || !Number.isFinite(box.valueAsNumber)) show(present);
    else choose(nearest(control.values, box.valueAsNumber));
  });
  stepByKey(box, (step) => choose(Math.max(0, Math.min(control.values.length - 1, present + step))));
  function show(index) {
    present = index;
    box.value = control.texts[index];
  }
  return { node: box, show };
}

function textBox(control) {
  const node = element("output", { className: "live-number" });
  return { node, show: (index) => (node.textContent = control.texts[index]) };
}

function boxControl(control, choose) {
  const box = numberBox(control, choose);
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

function checkControl(control, choose) {
  const box = element("input", { type: "checkbox" });
  box.addEventListener("change", () => choose(Number(box.checked)));
  const node = element("label", { className: "live-row live-short live-check" }, box, caption(control.label));
  return { node, show: (index) => (box.checked = index === 1) };
}

const CONTROLS = { range: rangeControl, number: boxControl, choice: choiceControl, check: checkControl };

function nearest(values, wanted) {
  let best = 0;
  values.forEach((value, k) => {
    if (Math.abs(value - wanted) < Math.abs(values[best] - wanted)) best = k;
  });
  return best;
}

function button(text, act, properties = {}) {
  const node = element("button", { type: "button", textContent: text, ...properties });
  node.addEventListener("click", act);
  return node;
}

// ---- the kernel: one request on its way, the newest wins

const REST = 200; // ms without a move until the hand is taken to rest
const PATIENCE = 4000; // ms without an answer until the reader is told, and the kernel asked again
const LONGEST = 16000; // ms between two attempts: a kernel that is only busy will answer all of them

class Requests {
  constructor(send, fresh, told) {
    Object.assign(this, { send, fresh, told, flying: null, wait: PATIENCE, wanted: new Set(), rest: null });
    // All pages of a notebook hear every answer, so no two of them may count alike.
    this.number = Math.floor(Math.random() * 2 ** 40);
  }

  /* Something the table does not hold was moved: the visible cell now, the table when the hand rests. */
  moved() {
    this.ask("cell");
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.rested(), REST);
  }

  /* A table came that is not the one wanted. If nothing else is on its way, it is asked for: an answer can be called
     done before its table is here, and a hand that has been away and is back looks at the old one until then. */
  stale() {
    if (!this.flying && this.rest === null) this.moved();
  }

  /* Somebody else moved it, and so asks for the table; should none come, it is asked for here. */
  expect() {
    this.rest ??= setTimeout(() => this.rested(), PATIENCE);
  }

  /* The hand rests for a while, or has let go. */
  rested() {
    if (this.rest === null) return;
    clearTimeout(this.rest);
    this.rest = null;
    this.ask("table");
  }

  ask(kind) {
    this.wanted.add(kind);
    this.next();
  }

  next() {
    if (this.flying) return;
    if (this.fresh()) this.wanted.clear();
    const kind = ["cell", "table"].find((one) => this.wanted.delete(one));
    if (!kind) return;
    this.flying = kind;
    this.number += 1;
    this.patience = setTimeout(() => this.retry(), this.wait);
    try {
      this.send(kind, { number: this.number, again: this.wait > PATIENCE });
    } catch {
      this.told(false); // the way to the kernel is closed
    }
  }

  /* Request or answer may be lost, with a network that dropped. What is wanted by now is asked for. */
  retry() {
    if (!this.flying) return;
    clearTimeout(this.patience);
    this.told(false);
    this.wait = Math.min(2 * this.wait, LONGEST);
    this.wanted.add(this.flying);
    this.flying = null;
    this.next();
  }

  /* Answers to requests that were asked again may still come; they free nothing. */
  done(number) {
    if (number !== this.number) return;
    clearTimeout(this.patience);
    this.told(true);
    this.wait = PATIENCE;
    this.flying = null;
    this.next();
  }

  stop() {
    clearTimeout(this.rest);
    clearTimeout(this.patience);
  }
}

// ---- the figure

const SPEAK = 600; // ms without a move until the readout is spoken

class Figure {
  constructor(root, host) {
    this.root = root;
    this.host = host;
    this.spec = host.spec;
    this.settings = { ...host.settings };
    this.offered = this.spec.controls.filter((control) => host.kernel || control.page);
    this.pageNames = this.spec.controls.filter((control) => control.page).map((control) => control.name);
    this.kernelNames = this.spec.controls.filter((control) => !control.page).map((control) => control.name);
    this.requests = new Requests(
      (kind, attempt) => this.ask(kind, attempt),
      () => this.isFresh(),
      (answered) => this.tell(answered),
    );
    this.frames = 0;
    this.kept = {};
    this.scene = -1;
    this.stop = new AbortController();
  }

  async start() {
    this.table = await unpack(this.host.table());
    await this.takePictures(this.host.pictures());
    this.build();
    this.refresh();
  }

  // -- what is shown

  async takePictures({ frame, below, above }) {
    if (below === this.below && frame === this.frame) return; // shown already; unpacking them takes long
    const [under, over] = await Promise.all([bitmap(below), above?.byteLength ? bitmap(above) : null]);
    Object.assign(this, { frame, below, under, over });
  }

  /* A new table for new settings in the kernel, maybe with a new background. */
  async takeTable() {
    const table = await unpack(this.host.table());
    await this.takePictures(this.host.pictures());
    this.table = table;
    if (this.isFresh()) this.cellOnly = null;
    else this.requests.stale(); // the hand has moved on, and the cell is nearer to it
    this.placePads();
    this.refresh();
  }

  /* The visible cell, ahead of its table. */
  async takeCell(layers, [packed, below, above]) {
    const table = await unpack(packed);
    if (below) await this.takePictures({ frame: layers.frame, below, above });
    this.cellOnly = table;
    this.placePads();
    this.refresh();
  }

  isFresh() {
    return this.kernelNames.every((name) => this.table.key[name] === this.settings[name]);
  }

  /* The table to draw from, and the cell in it. */
  get answer() {
    return this.isFresh() ? this.table : (this.cellOnly ?? this.table);
  }

  get cell() {
    return this.pageNames.map((name) => this.settings[name]);
  }

  get lastStep() {
    const runs = this.frame.lines.filter((line) => line.run);
    const lengths = runs.map((line) => this.answer.arrays[this.answer.lines[line.data][0]].points);
    return Math.max(0, ...lengths) - 1;
  }

  get step() {
    return Math.min(this.settings.step ?? Infinity, this.lastStep);
  }

  refresh() {
    for (const [name, control] of Object.entries(this.controls)) control.show(this.settings[name]);
    this.showStep();
    this.showWords();
    this.redraw();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.rested(), SPEAK);
  }

  /* In the next frame; not for what the kernel has not answered yet. */
  redraw() {
    const wanted = [this.answer, this.under, this.over, this.step, ...this.cell];
    if (wanted.every((part, k) => part === this.drawn?.[k])) return;
    this.pending ??= requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.pending = null;
    this.drawn = [this.answer, this.under, this.over, this.step, ...this.cell];
    const [width, height] = this.frame.size;
    const dense = (this.canvas.clientWidth / width || 1) * (window.devicePixelRatio || 1);
    const [across, down] = [Math.round(width * dense), Math.round(height * dense)];
    if (this.canvas.width !== across || this.canvas.height !== down)
      Object.assign(this.canvas, { width: across, height: down });
    const context = this.canvas.getContext("2d");
    context.setTransform(across / width, 0, 0, down / height, 0, 0);
    context.drawImage(this.scaled("under", across, down), 0, 0, width, height);
    for (const line of this.frame.lines)
      drawLine(context, this.frame, line, points(this.frame, this.answer, line, this.cell, this));
    if (this.over) context.drawImage(this.scaled("over", across, down), 0, 0, width, height);
    this.frames += 1;
  }

  /* A layer at the size it is drawn; made once, since good scaling is too slow for every frame. */
  scaled(name, across, down) {
    const kept = this.kept[name];
    if (kept?.source === this[name] && kept.canvas.width === across && kept.canvas.height === down) return kept.canvas;
    const canvas = element("canvas", { width: across, height: down });
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(this[name], 0, 0, across, down);
    this.kept[name] = { source: this[name], canvas };
    return canvas;
  }

  // -- moving

  /* Quantities moved by hand or by a button: {name: number}. */
  move(changes) {
    const moved = Object.keys(changes).filter((name) => changes[name] !== this.settings[name]);
    if (!moved.length) return;
    this.settings = { ...this.settings, ...changes };
    this.refresh();
    if (this.isFresh()) this.saveSoon();
    else this.requests.moved();
  }

  /* The kernel hears where the hand rests: each message makes JupyterLab and kernel work, and the drag would falter. */
  saveSoon() {
    clearTimeout(this.saving);
    this.saving = setTimeout(() => this.save(), REST);
  }

  save() {
    clearTimeout(this.saving);
    this.saving = null;
    this.host.save(this.settings);
  }

  /* Whoever lets go rests. */
  letGo() {
    if (this.saving) this.save();
    this.requests.rested();
  }

  /* The settings go with the request; saving them, too, at each move would double the messages. */
  ask(kind, attempt) {
    if (kind === "table") this.save();
    this.host.ask({ ask: kind, settings: this.settings, ...attempt });
  }

  /* The settings were changed by code in the kernel, or in another view. */
  follow(settings) {
    this.settings = { ...settings };
    this.refresh();
    if (!this.isFresh()) this.requests.expect();
  }

  reset() {
    this.pause();
    const names = [...this.offered.map((control) => control.name), "step"];
    this.move(Object.fromEntries(names.map((name) => [name, this.spec.defaults[name]])));
  }

  get scenes() {
    const known = (scene) => Object.keys(scene).every((name) => name in this.settings && this.canSet(name, scene));
    return Object.keys(this.allScenes).filter((text) => known(this.allScenes[text]));
  }

  /* Those of the present answer depend on quantities in the kernel. */
  get allScenes() {
    return { ...this.answer.scenes, ...this.spec.scenes };
  }

  canSet(name, scene) {
    return this.host.kernel || !this.kernelNames.includes(name) || scene[name] === this.settings[name];
  }

  showScene(number) {
    const count = this.scenes.length;
    if (!count) return;
    this.pause();
    this.scene = (number + count) % count;
    this.move(this.allScenes[this.scenes[this.scene]]);
  }

  // -- building

  build() {
    this.root.classList.add("live-figure");
    this.root.style.setProperty("--live-width", `${this.frame.size[0]}px`);
    this.controls = {};
    this.root.replaceChildren(
      this.buildPaper(),
      element("div", { className: "live-panel" }, ...this.buildControls(), this.buildWords()),
    );
    for (const end of ["pointerup", "pointercancel"]) // cancelled: a second finger came, to zoom
      this.root.addEventListener(end, () => this.letGo(), { signal: this.stop.signal });
    window.addEventListener("online", () => this.requests.retry(), { signal: this.stop.signal });
    takeKeys(this.root, (event) => this.key(event), this.stop.signal);
    const watch = new ResizeObserver(() => (this.pending ??= requestAnimationFrame(() => this.draw())));
    watch.observe(this.canvas);
    this.stop.signal.addEventListener("abort", () => watch.disconnect());
  }

  buildPaper() {
    this.canvas = element("canvas");
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", this.spec.alt);
    const [width, height] = this.frame.size;
    this.canvas.style.aspectRatio = `${width} / ${height}`;
    this.pads = this.spec.pointer.map((pad) => this.buildPad(pad)).filter((pad) => pad.sides.length);
    this.placePads();
    return element("div", { className: "live-paper" }, this.canvas, ...this.pads.map((pad) => pad.node));
  }

  buildControls() {
    const wide = element("div", { className: "live-sliders" });
    const short = element("div", { className: "live-tools" });
    for (const control of this.offered) {
      const built = CONTROLS[control.kind](control, (index) => this.move({ [control.name]: index }));
      this.controls[control.name] = built;
      (control.kind === "range" ? wide : short).append(built.node);
    }
    const count = this.lastStep + 1;
    if (count > 0) wide.append(this.buildStep());
    this.scenes.forEach((text, number) => short.append(button(text, () => this.showScene(number))));
    short.append(button("Reset", () => this.reset(), { className: "live-reset" }));
    return [wide, short];
  }

  buildWords() {
    this.words = element("ul", { className: "live-words" });
    this.record = element("p", { className: "live-record", hidden: !this.spec.challenge });
    this.status = element("div", { className: "live-hidden" });
    this.status.setAttribute("role", "status");
    this.note = element("p", { className: "live-note", textContent: this.hint() });
    this.problem = element("div", { className: "live-error", hidden: true });
    this.problem.setAttribute("role", "alert");
    this.numbers = element("div", { className: "live-scroll", tabIndex: 0 });
    this.details = element("details", {}, element("summary", { textContent: "Numbers as a table" }), this.numbers);
    this.details.addEventListener("toggle", () => this.showNumbers());
    return element("div", {}, this.problem, this.words, this.record, this.status, this.note, this.details);
  }

  /* What the pointer does here, and what this page cannot do. */
  hint() {
    const steered = new Set(this.pads.map((pad) => this.labels(pad.names).join(" and ")));
    const sentences = Array.from(
      steered,
      (names) => `Click or drag in the picture, or use the arrow keys in it, to set ${names}.`,
    );
    const fixed = this.host.kernel ? [] : this.kernelNames;
    if (fixed.length) {
      const values = fixed.map((name) => `${this.control(name).label} = ${minus(this.text(name))}`).join(", ");
      sentences.push(`Fixed on this page: ${values}. In the notebook these can be changed, too.`);
    }
    return sentences.join(" ");
  }

  control(name) {
    return this.spec.controls.find((control) => control.name === name);
  }

  labels(names) {
    return names.filter((name) => name).map((name) => this.control(name).label);
  }

  text(name) {
    return this.control(name).texts[this.settings[name]];
  }

  // -- pointer and keys

  /* A transparent pane over some axes; pointer and arrow keys on it move the quantities of its sides. */
  buildPad({ axes, names }) {
    const sides = [0, 1].filter((side) => this.offered.some((control) => control.name === names[side]));
    const node = element("div", { className: "live-pad", tabIndex: 0 });
    node.setAttribute("role", "application");
    node.setAttribute("aria-label", `${this.labels(names).join(" and ")}: move with the arrow keys`);
    const pad = { axes, names, sides, node };
    node.addEventListener("pointerdown", (event) => {
      node.setPointerCapture(event.pointerId);
      node.focus({ preventScroll: true });
      this.point(pad, event);
    });
    node.addEventListener("pointermove", (event) => {
      if (node.hasPointerCapture(event.pointerId)) this.point(pad, event);
    });
    onKey(node, (event) => this.arrow(pad, event));
    return pad;
  }

  placePads() {
    const [width, height] = this.frame.size;
    for (const { axes, node } of this.pads) {
      const [x, y, w, h] = this.frame.axes[axes].box;
      const part = (length, whole) => `${(100 * length) / whole}%`;
      Object.assign(node.style, {
        left: part(x, width),
        top: part(y, height),
        width: part(w, width),
        height: part(h, height),
      });
    }
  }

  point(pad, event) {
    const place = this.canvas.getBoundingClientRect();
    const scale = this.frame.size[0] / place.width;
    const pixel = [(event.clientX - place.left) * scale, (event.clientY - place.top) * scale];
    const axes = this.frame.axes[pad.axes];
    const changes = {};
    for (const side of pad.sides) {
      const stops = this.control(pad.names[side]).values.map((value) => toPixel(axes, side, value));
      changes[pad.names[side]] = nearest(stops, pixel[side]);
    }
    this.move(changes);
  }

  arrow(pad, event) {
    const [side, direction] =
      { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowDown: [1, -1], ArrowUp: [1, 1] }[event.key] ?? [];
    if (!pad.sides.includes(side)) return false;
    const name = pad.names[side];
    const { values } = this.control(name);
    const [low, high] = this.frame.axes[pad.axes].limits[side];
    const way = direction * Math.sign(high - low) * Math.sign(values.at(-1) - values[0]) * (event.shiftKey ? 10 : 1);
    this.move({ [name]: Math.max(0, Math.min(values.length - 1, this.settings[name] + way)) });
    return true;
  }

  /* Keys of the whole figure: true if it was one. */
  key({ key, target }) {
    const usesSpace = target.matches("input[type=number], input[type=checkbox], select, button, summary");
    if (key === " " && this.player && !usesSpace) this.toggle();
    else if (key === "]") this.showScene(this.scene + 1);
    else if (key === "[") this.showScene(this.scene - 1);
    else return false;
    return true;
  }

  // -- steps and play

  buildStep() {
    const choose = (step) => {
      this.pause();
      this.goTo(step);
    };
    this.player = button("", () => this.toggle(), { className: "live-play" });
    this.stepRange = element("input", { type: "range", min: 0, step: 1, ariaLabel: this.frame.step });
    this.stepRange.addEventListener("input", () => choose(Number(this.stepRange.value)));
    this.stepBox = element("input", { type: "number", min: 0, className: "live-number", ariaLabel: this.frame.step });
    stepByKey(this.stepBox, (step) => choose(this.step + step));
    this.stepBox.addEventListener("change", () => choose(Math.round(this.stepBox.valueAsNumber) || 0));
    const label = element("span", { className: "live-label" }, this.player, this.frame.step);
    return element("div", { className: "live-row live-steps" }, label, this.stepRange, this.stepBox);
  }

  goTo(step) {
    const inside = Math.max(0, Math.min(this.lastStep, step));
    this.move({ step: inside === this.lastStep ? null : inside });
  }

  showStep() {
    if (!this.player) return;
    this.stepRange.max = this.stepBox.max = this.lastStep;
    this.stepRange.value = this.stepBox.value = this.step;
    this.player.setAttribute("aria-label", this.playing ? "Pause" : "Play");
    this.player.classList.toggle("live-playing", Boolean(this.playing));
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
    this.showStep();
  }

  /* From the step shown, or from the first if that is the last; who wants less motion gets a tenth a press. */
  play() {
    const first = this.step === this.lastStep ? 0 : this.step;
    if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.goTo(first + Math.ceil(this.lastStep / 10));
      return;
    }
    const began = performance.now();
    const rate = this.lastStep / (1000 * this.spec.seconds);
    const tick = (now) => {
      const step = first + Math.floor(Math.max(0, now - began) * rate);
      this.playing = step < this.lastStep ? requestAnimationFrame(tick) : null;
      this.goTo(step);
    };
    this.playing = requestAnimationFrame(tick);
  }

  pause() {
    cancelAnimationFrame(this.playing);
    this.playing = null;
  }

  // -- words and numbers

  /* One sentence a run, beside a sample of its line; before the last step, what the lines say there. */
  sentences() {
    const whole = this.step === this.lastStep;
    const shown = Object.entries(this.answer.words).filter(([name]) => name !== this.spec.challenge?.name);
    return shown.map(([name, { texts, array }]) => {
      const line = this.frame.lines.find((l) => l.part === "all" && belongs(l.gid, name) && l.data === l.gid);
      const said = texts[lookup(this.answer.arrays[array], this.cell)[0]];
      const text = whole ? said : (this.onTheWay(name) ?? said);
      return { name, line, label: line?.label ?? name, text };
    });
  }

  /* "step 12: loss 0.03", read off the runs that belong to a name. */
  onTheWay(name) {
    const runs = this.frame.lines.filter((l) => l.run && l.part === "all" && l.data === l.gid && belongs(l.gid, name));
    const parts = runs.flatMap((line) => this.reading(line, this.step));
    return parts.length ? `${this.frame.step} ${this.step}: ${parts.join(", ")}` : null;
  }

  reading(line, step) {
    return this.numbersAt(line, step).map(({ name, text }) => `${name} ${text}`);
  }

  numbersAt(line, step) {
    const arrays = this.answer.lines[line.data].map((number) => lookup(this.answer.arrays[number], this.cell));
    return [0, 1]
      .filter((side) => line.names[side])
      .map((side) => ({
        name: line.names[side],
        text: step < arrays[side].length ? readOff(this.frame.axes[line.axes], side, arrays[side][step]) : "",
      }));
  }

  showWords() {
    const sentences = this.sentences();
    const named = sentences.map(({ name, label }) => `${name} ${label}`).join("\n");
    if (named !== this.named) this.words.replaceChildren(...sentences.map((sentence) => wordRow(sentence)));
    this.named = named;
    sentences.forEach(({ text }, k) => (this.words.children[k].lastChild.textContent = text));
  }

  rested() {
    const spoken = this.sentences().map(({ label, text }) => `${label}: ${text}`);
    if (!this.playing) this.status.textContent = spoken.join(". ");
    if (this.spec.challenge) this.keepBest();
    this.showNumbers();
  }

  /* Where the hand rests counts; what it passes on the way does not. */
  keepBest() {
    const { name, text } = this.spec.challenge;
    const { texts, array } = this.answer.words[name];
    const score = texts[lookup(this.answer.arrays[array], this.cell)[0]];
    if (score && !(Number(score) >= this.best?.score)) {
      const setting = this.pageNames.map((page) => `${this.control(page).label} ${this.text(page)}`).join(", ");
      this.best = { score: Number(score), setting };
    }
    this.record.textContent = this.best
      ? `${text}, your best so far: ${this.best.score} (${minus(this.best.setting)})`
      : `${text}: not reached yet`;
  }

  /* Filled when opened: what the runs say at each step, as exactly as the figure shows it. */
  showNumbers() {
    if (!this.details.open) return;
    const named = this.frame.lines.filter((l) => l.part === "all" && l.data === l.gid);
    const lines = named.some((l) => l.run) ? named.filter((l) => l.run) : named;
    const count = Math.max(...lines.map((l) => this.answer.arrays[this.answer.lines[l.data][0]].points));
    const heads = lines.flatMap((l) => this.numbersAt(l, 0).map(({ name }) => `${l.label}: ${name}`));
    const rows = Array.from({ length: count }, (_, k) => [
      k,
      ...lines.flatMap((l) => this.numbersAt(l, k).map(({ text }) => text)),
    ]);
    const said = "Read off the figure, to the digits it can show; a dash where a line has left the numbers.";
    this.numbers.replaceChildren(element("p", { textContent: said }), numberTable([this.frame.step, ...heads], rows));
  }

  // -- what went wrong

  tell(answered) {
    this.note.textContent = answered
      ? this.hint()
      : "The kernel does not answer and is asked again. What lives in the page still works; " +
        "if the kernel has ended or was restarted, run the cell again.";
  }

  showError(text) {
    this.problem.hidden = !text;
    this.problem.replaceChildren();
    if (!text) return;
    const last = text.trim().split("\n").at(-1);
    this.problem.append(
      element("p", { textContent: `This setting could not be computed: ${last}` }),
      element("pre", { textContent: text }),
    );
  }

  remove() {
    this.pause();
    this.stop.abort();
    clearTimeout(this.resting);
    clearTimeout(this.saving);
    this.requests.stop();
  }
}

/* "loss.momentum" and "momentum" both belong to momentum. */
function belongs(gid, name) {
  return gid === name || gid.split(".").at(-1) === name;
}

function wordRow({ line, label }) {
  const parts = line ? [sample(line)] : [];
  return element(
    "li",
    {},
    ...parts,
    element("b", { textContent: label }),
    element("span", { className: "live-said" }),
  );
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

function bitmap(bytes) {
  return createImageBitmap(new Blob([bytes], { type: "image/png" }));
}

// ---- hosts

/* Start a figure; whatever fails is said in its place. */
async function mount(root, host) {
  const figure = new Figure(root, host);
  root.liveFigure = figure; // for tests and slide decks
  try {
    await figure.start();
  } catch (error) {
    root.append(element("p", { className: "live-error", textContent: `This figure cannot be shown here: ${error}` }));
    throw error;
  }
  return figure;
}

function mountExported(id, data) {
  const root = document.querySelector(`#${id}:not([data-live])`);
  root.dataset.live = "";
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return mount(root, {
    kernel: false,
    spec: data.spec,
    settings: data.settings,
    table: () => bytes(data.table),
    pictures: () => ({ frame: data.frame, below: bytes(data.below), above: bytes(data.above) }),
    save() {},
  });
}

function notebookHost(model) {
  return {
    kernel: true,
    spec: model.get("spec"),
    settings: model.get("settings"),
    table: () => model.get("table"),
    pictures: () => ({ frame: model.get("frame"), below: model.get("below"), above: model.get("above") }),
    save(settings) {
      model.set("settings", settings);
      try {
        model.save_changes();
      } catch {
        // There is no kernel any more, so nobody to tell; the page goes on by itself.
      }
    },
    ask: (content) => model.send(content),
  };
}

async function render({ model, el }) {
  const figure = await mount(el, notebookHost(model));
  let queue = Promise.resolve(); // unpacking takes time; answers are shown in the order they came
  const inTurn = (act) => {
    queue = queue.then(act).catch((error) => {
      figure.showError(String(error.stack ?? error));
      throw error;
    });
  };
  model.on("change:version", () => inTurn(() => figure.takeTable()));
  model.on("change:settings", () => {
    if (JSON.stringify(model.get("settings")) !== JSON.stringify(figure.settings)) figure.follow(model.get("settings"));
  });
  model.on("change:error", () => figure.showError(model.get("error")));
  model.on("msg:custom", (content, buffers) => {
    if (content.cell) inTurn(() => figure.takeCell(content.cell, buffers));
    if (content.done) inTurn(() => figure.requests.done(content.done)); // after what it has brought
  });
  return () => figure.remove();
}

export default { render };
