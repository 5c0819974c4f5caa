/* The page's half of a live figure: look up the answer to a setting, draw it, follow the hand. */

import { minus, readOff, toPixel } from "./axes.js";
import { CONTROLS, nearest } from "./controls.js";
import { drawLine, points } from "./drawing.js";
import { bitmap, button, element, sample, watchPixels } from "./elements.js";
import { onKey, takeKeys } from "./keys.js";
import { numberBox } from "./numbers.js";
import { Requests, REST } from "./requests.js";
import { Ground } from "./ground.js";
import { Programs } from "./program.js";
import { unpack } from "./table.js";

const SPEAK = 600; // ms without a move until the readout is spoken

export class Figure {
  constructor(root, host) {
    this.root = root;
    this.host = host;
    this.spec = host.spec;
    this.settings = { ...host.settings };
    this.offered = this.spec.controls.filter((control) => host.kernel || control.page || this.spec.runs);
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
    if (this.spec.runs) this.programs = await Programs.unpack(this.host.programs(), this.spec.controls);
    this.table = this.programs ?? (await unpack(this.host.table()));
    this.table.pictures = this.latest = await unpackPictures(this.host.pictures());
    this.build();
    this.refresh();
  }

  // -- what is shown

  /* What is still belongs to an answer as its lines do: a hand that goes back has both of the table again. */
  get frame() {
    return this.answer.pictures.frame;
  }

  get under() {
    return this.answer.pictures.under;
  }

  get over() {
    return this.answer.pictures.over;
  }

  async takeTable() {
    const table = await unpack(this.host.table());
    table.pictures = this.latest = await unpackPictures(this.host.pictures(), this.table.pictures);
    this.table = table;
    if (this.isFresh()) this.cellOnly = null;
    else this.requests.stale(); // the hand has moved on, and the cell is nearer to it
    this.refresh();
  }

  /* Pictures come with a cell only if they are not those that came last. */
  async takeCell(layers, [packed, below, above]) {
    const cell = await unpack(packed);
    if (below) this.latest = await unpackPictures({ frame: layers.frame, below, above });
    cell.pictures = this.latest;
    this.cellOnly = cell;
    this.refresh();
  }

  isFresh() {
    return Boolean(this.programs) || this.kernelNames.every((name) => this.table.key[name] === this.settings[name]);
  }

  /* The table to draw from, and the cell in it. */
  get answer() {
    if (this.programs) return Object.assign(this.programs.at(this.settings), { pictures: this.latest });
    return this.isFresh() ? this.table : (this.cellOnly ?? this.table);
  }

  /* The numbers of the values that decide what the answer draws. */
  get deciding() {
    return this.programs ? Object.values(this.settings) : this.cell;
  }

  get cell() {
    return this.pageNames.map((name) => this.settings[name]);
  }

  get lastStep() {
    const runs = this.frame.lines.filter((line) => line.run);
    const lengths = runs.map((line) => this.answer.count(line.data));
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
    if (this.frame !== this.placed) this.placePads();
    const wanted = [this.answer, this.under, this.over, this.step, ...this.deciding];
    if (wanted.every((part, k) => part === this.drawn?.[k])) return;
    this.pending ??= requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.pending = null;
    const { answer, frame, over, cell } = this; // each asks anew which answer is shown
    this.drawn = [answer, this.under, over, this.step, ...this.deciding];
    const [width, height] = frame.size;
    const dense = (this.canvas.clientWidth / width || 1) * (window.devicePixelRatio || 1);
    const [across, down] = [Math.round(width * dense), Math.round(height * dense)];
    if (this.canvas.width !== across || this.canvas.height !== down)
      Object.assign(this.canvas, { width: across, height: down });
    const context = this.canvas.getContext("2d");
    context.setTransform(across / width, 0, 0, down / height, 0, 0);
    if (frame.ground) this.drawGround(context, frame, across / width);
    context.drawImage(this.scaled("under", across, down), 0, 0, width, height);
    const steps = { step: this.step, lastStep: this.lastStep };
    for (const line of frame.lines) drawLine(context, frame, line, points(frame, answer, line, cell, steps));
    if (over) context.drawImage(this.scaled("over", across, down), 0, 0, width, height);
    this.frames += 1;
  }

  /* What is under the picture, whose axes are clear there. */
  drawGround(context, { ground, axes, size, paper, dpi }, dense) {
    context.fillStyle = paper;
    context.fillRect(0, 0, ...size);
    const [x, y, width, height] = axes[ground.axes].box;
    const [program, key] = this.programs.ground(this.settings);
    this.ground ??= new Ground(ground);
    const pixels = [width, height].map((length) => Math.round(length * dense));
    context.drawImage(this.ground.painted(program, key, axes[ground.axes], dpi, ...pixels), x, y, width, height);
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
    this.answerTyping("");
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
    const own = Object.entries(this.spec.scenes).map(([text, scene]) => [text, this.sceneNow(scene)]);
    return { ...this.answer.scenes, ...Object.fromEntries(own) };
  }

  /* A scene may be another for each value of some quantity. */
  sceneNow(scene) {
    return scene.by ? scene.each[this.settings[scene.by]] : scene;
  }

  canSet(name, scene) {
    return this.host.kernel || this.programs || !this.kernelNames.includes(name) || scene[name] === this.settings[name];
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
    watchPixels(this.canvas, () => (this.pending ??= requestAnimationFrame(() => this.draw())), this.stop.signal);
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
      const built = CONTROLS[control.kind](control, (index) => this.move({ [control.name]: index }), (sentence) => this.answerTyping(sentence));
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
    this.typing = element("p", { className: "live-typing" });
    this.typing.setAttribute("role", "alert");
    return element("div", {}, this.problem, this.typing, this.words, this.record, this.status, this.note, this.details);
  }

  /* What the pointer does here, and what this page cannot do. */
  hint() {
    const steered = new Set(this.pads.map((pad) => this.labels(pad.names).join(" and ")));
    const sentences = Array.from(
      steered,
      (names) => `Click or drag in the picture, or use the arrow keys in it, to set ${names}.`,
    );
    const fixed = this.host.kernel || this.programs ? [] : this.kernelNames;
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
      if (!isPrimary(event)) return;
      node.setPointerCapture(event.pointerId);
      node.focus({ preventScroll: true });
      this.point(pad, event);
    });
    node.addEventListener("pointermove", (event) => {
      if (node.hasPointerCapture(event.pointerId) && event.buttons & 1) this.point(pad, event);
    });
    onKey(node, (event) => this.arrow(pad, event));
    return pad;
  }

  placePads() {
    this.placed = this.frame;
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
    const usesSpace = target.matches(".live-number, input[type=checkbox], select, button, summary");
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
    this.stepBox = numberBox(this.frame.step, {
      moveTo: (step) => choose(Math.round(step)),
      moveBy: (steps) => choose(this.step + steps),
      tell: (sentence) => this.answerTyping(sentence),
    });
    const label = element("span", { className: "live-label" }, this.player, this.frame.step);
    return element("div", { className: "live-row live-steps" }, label, this.stepRange, this.stepBox.node);
  }

  goTo(step) {
    const inside = Math.max(0, Math.min(this.lastStep, step));
    this.move({ step: inside === this.lastStep ? null : inside });
  }

  showStep() {
    if (!this.player) return;
    this.stepRange.max = this.lastStep;
    this.stepRange.value = this.step;
    this.stepBox.show(String(this.step));
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
    this.showStep();
  }

  // -- words and numbers

  /* One sentence a run, beside a sample of its line; before the last step, what the lines say there. */
  sentences() {
    const whole = this.step === this.lastStep;
    const shown = this.answer.names.filter((name) => name !== this.spec.challenge?.name);
    return shown.map((name) => {
      const line = this.frame.lines.find((l) => l.part === "all" && belongs(l.gid, name) && l.data === l.gid);
      const said = this.answer.said(name, this.cell);
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
    const offsets = this.answer.offsets(line.data, this.frame.axes[line.axes], this.cell);
    return [0, 1]
      .filter((side) => line.names[side])
      .map((side) => ({
        name: line.names[side],
        text: step < offsets[side].length ? readOff(this.frame.axes[line.axes], side, offsets[side][step]) : "",
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
    const score = this.answer.said(name, this.cell);
    if (score && !(Number(score) >= this.best?.score)) {
      const names = this.programs ? this.offered.map((control) => control.name) : this.pageNames;
      const setting = names.map((one) => `${this.control(one).label} ${this.text(one)}`).join(", ");
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
    const count = Math.max(...lines.map((l) => this.answer.count(l.data)));
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

  answerTyping(sentence) {
    this.typing.textContent = sentence;
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

/* { frame, below, under, over }: the geometry, and what is under and over the lines; known: pictures had before. */
async function unpackPictures({ frame, below, above }, known) {
  if (below === known?.below && frame === known.frame) return known; // unpacking takes long
  const [under, over] = await Promise.all([bitmap(below), above?.byteLength ? bitmap(above) : null]);
  return { frame, below, under, over };
}

/* Not the buttons, nor the Ctrl click of a Mac, that open a menu or scroll, and no second finger. */
function isPrimary({ button, ctrlKey, isPrimary }) {
  return button === 0 && !ctrlKey && isPrimary;
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
