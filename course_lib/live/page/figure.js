/* The page's half of a live figure: look up the answer to a setting, draw it, follow the hand. */

import { CONTROLS } from "./controls.js";
import { bitmap, button, element } from "./elements.js";
import { takeKeys } from "./keys.js";
import { Messages } from "./messages.js";
import { Pad } from "./pads.js";
import { Paper, patched, unpackPictures } from "./paper.js";
import { Player } from "./player.js";
import { Programs } from "./program.js";
import { Readout } from "./readout.js";
import { Requests, REST } from "./requests.js";
import { bytesOf, unpack } from "./table.js";

const SPEAK = 600; // ms without a move until the readout is spoken

export class Figure {
  constructor(root, host) {
    this.root = root;
    this.host = host;
    this.spec = host.get("spec");
    this.settings = { ...host.get("settings") };
    this.offered = this.spec.controls.filter((control) => host.kernel || this.here(control));
    this.requests = new Requests(
      (attempt) => this.ask(attempt),
      () => this.isFresh(),
      (answered) => this.messages.tell(answered),
    );
    this.scene = -1;
    this.stop = new AbortController();
  }

  async start() {
    const programs = this.host.get("programs");
    if (programs.byteLength) this.programs = await Programs.unpack(programs, this.spec.controls);
    this.begun = await this.unpacked();
    this.held = new Map([[this.begun.key, this.begun]]);
    const key = this.begun.key.split(","); // a move that came while this was unpacked is not answered yet
    this.shown = Object.fromEntries(this.spec.keyed.map((name, k) => [name, Number(key[k])]));
    this.lookUp();
    this.build();
    this.refresh();
  }

  /* What is held for a key, the numbers of all that neither the table nor a program takes in: a table and pictures. */
  async unpacked() {
    const parts = ["answered", "table", "frame", "below", "above"]; // all at once: a newer answer may come meanwhile
    const [{ key }, bytes, ...drawn] = parts.map((name) => this.host.get(name));
    const pictures = (this.latest = await unpackPictures(drawn, this.latest));
    return { key, pictures, table: bytes.byteLength ? await unpack(bytes) : null };
  }

  keyOf(settings) {
    return this.spec.keyed.map((name) => settings[name]).join();
  }

  // -- what is shown

  /* What is shown now: until an answer is here, what it is for stays as it was. */
  lookUp() {
    const kept = this.isFresh() ? {} : this.only(this.spec.keyed, this.shown);
    this.shown = { ...this.settings, ...kept };
    const { table, pictures } = (this.came = this.held.get(this.keyOf(this.shown)));
    this.answer = this.programs?.at(this.shown) ?? table.at(this.spec.page.map((name) => this.shown[name]));
    this.pictures = pictures;
  }

  only(names, settings) {
    return Object.fromEntries(names.map((name) => [name, settings[name]]));
  }

  get frame() {
    return this.pictures.frame;
  }

  get canvas() {
    return this.paper.canvas;
  }

  /* How many pictures were drawn. */
  get frames() {
    return this.paper?.frames ?? 0;
  }

  /* Whether a page without a kernel has what belongs to each value of a quantity. */
  here({ name, living }) {
    return living || this.spec.carried.includes(name);
  }

  /* From the page itself, when first shown. */
  async takeCarried() {
    const key = this.keyOf(this.settings);
    const { frame, tiles, table } = this.host.get("others")[key];
    const first = this.begun.pictures;
    const pictures = tiles ? patched(first, frame, tiles, (this.atlas ??= await bitmap(this.host.get("atlas")))) : first;
    this.held.set(key, { key, pictures, table: table ? await unpack(bytesOf(table)) : null });
    this.refresh();
  }

  async takeAnswer() {
    const came = await this.unpacked();
    // What is shown stays at hand: in sight until what is wanted comes, and for a hand that goes back.
    this.held = new Map([[this.keyOf(this.shown), this.came], [came.key, came]]);
    if (!this.isFresh()) this.requests.stale();
    this.refresh();
  }

  isFresh() {
    return this.held.has(this.keyOf(this.settings));
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
    this.lookUp();
    const old = !this.isFresh(); // the picture is still that of other settings
    this.root.classList.toggle("live-old", old);
    this.root.setAttribute("aria-busy", old);
    for (const [name, control] of Object.entries(this.controls))
      if (control.index !== this.settings[name]) control.show((control.index = this.settings[name]));
    this.player?.show();
    this.readout.show();
    if (this.fixed.length) this.messages.tell(true);
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
    const others = moved.filter((name) => this.spec.follows[name]).map((name) => this.spec.follows[name][changes[name]]);
    this.settings = Object.assign({ ...this.settings }, ...others, changes);
    if (!this.host.kernel) this.stayWithin(changes);
    this.refresh();
    if (this.isFresh()) this.saveSoon();
    else if (!this.host.kernel) this.takeCarried();
    else if (this.spec.page.length) this.requests.moved();
    else this.requests.ask(); // what comes is small
  }

  /* What this page does not carry is as the page began. */
  stayWithin(changes) {
    for (const names of [this.fixed, this.spec.keyed]) {
      if (this.keyOf(this.settings) in this.host.get("others")) return;
      Object.assign(this.settings, this.only(names, this.host.get("settings")), changes);
    }
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
    this.readout.tell();
    this.requests.rested();
  }

  ask(attempt) {
    clearTimeout(this.saving);
    this.saving = null;
    this.host.ask({ settings: this.settings, ...attempt });
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
    return Object.keys(this.allScenes);
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
      built.node.dataset.name = control.name;
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
    const offered = this.offered.map(({ name }) => name);
    return this.spec.controls.map(({ name }) => name).filter((name) => !offered.includes(name));
  }

  control(name) {
    return this.spec.controls.find((control) => control.name === name);
  }

  text(name) {
    return this.control(name).texts[this.settings[name]];
  }

  /* Keys of the whole figure: true if it was one. */
  key({ key, target }) {
    const usesSpace = target.matches(".live-number, select, button, summary");
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
    clearTimeout(this.readout?.counting);
    clearTimeout(this.resting);
    clearTimeout(this.saving);
    this.requests.stop();
  }
}
