/* The page's half of a live figure: look up the answer to a setting, draw it, follow the hand. */

import { CONTROLS } from "./controls.js";
import { button, element } from "./elements.js";
import { takeKeys } from "./keys.js";
import { Messages } from "./messages.js";
import { Pad } from "./pads.js";
import { Paper, patched, unpackPictures } from "./paper.js";
import { Player } from "./player.js";
import { Programs } from "./program.js";
import { Readout } from "./readout.js";
import { Requests, REST } from "./requests.js";
import { unpack } from "./table.js";

const SPEAK = 600; // ms without a move until the readout is spoken

export class Figure {
  constructor(root, host) {
    this.root = root;
    this.host = host;
    this.spec = host.spec;
    this.settings = { ...host.settings };
    this.offered = this.spec.controls.filter(({ name, page }) => host.kernel || page || this.here(name));
    this.pageNames = this.spec.controls.filter((control) => control.page).map((control) => control.name);
    this.kernelNames = this.spec.controls.filter((control) => !control.page).map((control) => control.name);
    this.requests = new Requests(
      (kind, attempt) => this.ask(kind, attempt),
      () => this.isFresh(),
      (answered) => this.messages.tell(answered),
    );
    this.scene = -1;
    this.stop = new AbortController();
  }

  async start() {
    if (this.spec.runs) this.programs = await Programs.unpack(this.host.programs(), this.spec.controls);
    this.table = this.programs ?? (await unpack(this.host.table()));
    this.table.pictures = this.latest = await unpackPictures(this.host.pictures());
    this.pictures = new Map([[this.latest.frame.key, this.latest]]);
    this.tables = new Map([[this.latest.frame.key, this.table]]);
    this.pictured = this.settings;
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

  get canvas() {
    return this.paper.canvas;
  }

  /* How many pictures were drawn. */
  get frames() {
    return this.paper?.frames ?? 0;
  }

  /* Whether a page without a kernel has what belongs to each value of a quantity. */
  here(name) {
    return this.spec.runs || this.spec.carried.includes(name);
  }

  carriedKey(settings) {
    return this.spec.carried.map((name) => settings[name]).join();
  }

  /* From the page itself, when first shown. */
  async takeCarried() {
    const key = this.carriedKey(this.settings);
    const parts = this.host.carried(key) ?? {}; // what the page began with it has already
    if (parts.below) this.pictures.set(key, await patched(parts, this.first));
    const table = this.tables.get(key) ?? (parts.table ? await unpack(parts.table) : this.table);
    this.tables.set(key, table);
    if (!this.pictures.has(key)) this.pictures.set(key, this.first);
    if (key !== this.carriedKey(this.settings)) return; // the hand has moved on
    table.pictures = this.pictures.get(key);
    this.table = table;
    this.refresh();
  }

  get first() {
    return this.pictures.values().next().value;
  }

  async takeTable() {
    if (this.programs) {
      const pictures = await unpackPictures(this.host.pictures());
      this.pictures.set(pictures.frame.key, pictures);
      this.refresh();
      return;
    }
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
    if (this.programs) return this.pictures.has(this.carriedKey(this.settings));
    return this.kernelNames.every((name) => this.table.key[name] === this.settings[name]);
  }

  /* The table to draw from, and the cell in it. */
  get answer() {
    if (this.programs) {
      if (this.isFresh()) this.pictured = this.settings; // else what can be shown stays
      const pictures = this.pictures.get(this.carriedKey(this.pictured));
      return Object.assign(this.programs.at(this.pictured), { pictures });
    }
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
    this.player?.show();
    this.readout.show();
    if (this.frame !== this.placed) this.placePads();
    this.paper.redraw();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.readout.rest(), SPEAK);
  }

  // -- moving

  /* Quantities moved by hand or by a button: {name: number}. */
  move(changes) {
    const moved = Object.keys(changes).filter((name) => changes[name] !== this.settings[name]);
    this.messages.answerTyping("");
    if (!moved.length) return;
    this.settings = { ...this.settings, ...this.followed(changes) };
    this.refresh();
    if (this.isFresh()) this.saveSoon();
    else if (this.host.carried) this.takeCarried();
    else if (this.programs) this.requests.ask("table");
    else this.requests.moved();
  }

  /* With some quantities others move. */
  followed(changes) {
    if (!this.programs) return changes;
    const moved = Object.keys(this.spec.follows).filter((name) => changes[name] !== undefined);
    const others = moved.filter((name) => changes[name] !== this.settings[name]).map((name) => this.spec.follows[name][changes[name]]);
    return Object.assign({}, ...others, changes);
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
    return this.host.kernel || this.here(name) || !this.kernelNames.includes(name) || scene[name] === this.settings[name];
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
    this.paper = new Paper(this, this.spec.alt, this.stop.signal);
    this.pads = this.spec.pointer.map((pad) => new Pad(this, pad)).filter((pad) => pad.sides.length);
    this.placePads();
    this.player = this.lastStep >= 0 ? new Player(this) : null;
    const [readout, messages] = [(this.readout = new Readout(this)), (this.messages = new Messages(this))];
    const words = [messages.problem, messages.typing, readout.words, readout.record, readout.status, messages.note];
    this.root.replaceChildren(
      element("div", { className: "live-paper" }, this.canvas, ...this.pads.map((pad) => pad.node)),
      element("div", { className: "live-panel" }, ...this.buildControls(), ...words, readout.details),
    );
    for (const end of ["pointerup", "pointercancel"]) // cancelled: a second finger came, to zoom
      this.root.addEventListener(end, () => this.letGo(), { signal: this.stop.signal });
    window.addEventListener("online", () => this.requests.retry(), { signal: this.stop.signal });
    takeKeys(this.root, (event) => this.key(event), this.stop.signal);
  }

  placePads() {
    this.placed = this.frame;
    for (const pad of this.pads) pad.place();
  }

  buildControls() {
    const wide = element("div", { className: "live-sliders" });
    const short = element("div", { className: "live-tools" });
    const tell = (sentence) => this.messages.answerTyping(sentence);
    for (const control of this.offered) {
      const built = CONTROLS[control.kind](control, (index) => this.move({ [control.name]: index }), tell);
      this.controls[control.name] = built;
      (control.kind === "range" ? wide : short).append(built.node);
    }
    if (this.player) wide.append(this.player.node);
    this.scenes.forEach((text, number) => short.append(button(text, () => this.showScene(number))));
    short.append(button("Reset", () => this.reset(), { className: "live-reset" }));
    return [wide, short];
  }

  /* Quantities that cannot be changed on this page. */
  get fixed() {
    return this.host.kernel ? [] : this.kernelNames.filter((name) => !this.here(name));
  }

  control(name) {
    return this.spec.controls.find((control) => control.name === name);
  }

  text(name) {
    return this.control(name).texts[this.settings[name]];
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

  toggle() {
    this.player?.toggle();
  }

  pause() {
    this.player?.pause();
  }

  remove() {
    this.pause();
    this.stop.abort();
    clearTimeout(this.resting);
    clearTimeout(this.saving);
    this.requests.stop();
  }
}
