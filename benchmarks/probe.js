/* Moves a figure in JupyterLab and takes the time until its picture is on the screen; called by live_figures.py.
 *
 * The clock stops at the frame after the one a new picture was ready for, so that it has been shown. That is up to
 * two frames of 17 ms of every latency, the live figure's and interact's alike.
 */

const nextFrame = () => new Promise(requestAnimationFrame);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const PATIENCE = 120_000;

function press(node, direction) {
  const key = direction > 0 ? "ArrowRight" : "ArrowLeft";
  node.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}

/* A figure under test. `show` is called whenever it shows another picture. */
class Subject {
  waiting = new Set();

  show() {
    this.latest = performance.now();
    for (const look of this.waiting) look();
  }

  /* Milliseconds until a new picture is on the screen. */
  shown() {
    const begin = performance.now();
    return new Promise((done, fail) => {
      const patience = setTimeout(() => fail(new Error("no new picture")), PATIENCE);
      const look = async () => {
        clearTimeout(patience);
        this.waiting.delete(look);
        await nextFrame();
        done(performance.now() - begin);
      };
      this.waiting.add(look);
    });
  }

  /* Into the middle of the window, so that it is really painted. */
  bringIn() {
    this.root.scrollIntoView({ block: "center" });
  }

  /* One step there, or one back where the slider ends. */
  moveOn(name) {
    const place = this.place(name);
    this.direction ??= 1;
    if (place + this.direction > this.last(name) || place + this.direction < 0) this.direction *= -1;
    this.step(name, this.direction);
  }
}

class Live extends Subject {
  constructor(root) {
    super();
    this.root = root;
    const figure = (this.figure = root.liveFigure);
    const { draw } = figure.paper;
    figure.paper.draw = () => {
      draw.call(figure.paper);
      const drawn = JSON.stringify(figure.shown); // the settings that the picture is for
      if (drawn !== this.drawn) this.show();
      this.drawn = drawn;
    };
  }

  /* As live_figures.py calls it. */
  get called() {
    if (this.root.closest(".hill-kernel")) return "kernel";
    return this.figure.control("kappa") ? "ravine" : "hill";
  }

  place(name) {
    return this.figure.settings[name];
  }

  last(name) {
    return this.figure.control(name).texts.length - 1;
  }

  /* As a hand on the slider would; a start in the plane has none, and is moved by a key in the picture. */
  step(name, direction) {
    const { label } = this.figure.control(name);
    const range = this.root.querySelector(`input[type=range][aria-label="${label}"]`);
    if (!range) return press(this.root.querySelector(".live-pad"), direction);
    range.value = this.place(name) + direction;
    range.dispatchEvent(new Event("input", { bubbles: true }));
  }

  async rested() {
    do await pause(700);
    while (!this.figure.isFresh());
  }
}

/* A figure that the kernel moves, with the sliders of ipywidgets. */
class ByKernel extends Subject {
  NAMES = ["lr", "gamma", "start"];
  STEPS = [41, 34, 87];

  constructor(selector) {
    super();
    this.root = document.querySelector(selector);
  }

  handle(name) {
    return this.root.querySelectorAll(".noUi-handle")[this.NAMES.indexOf(name)];
  }

  place(name) {
    const [low, high, now] = ["min", "max", "now"].map((key) => Number(this.handle(name).getAttribute(`aria-value${key}`)));
    return Math.round(((now - low) / (high - low)) * this.last(name));
  }

  last(name) {
    return this.STEPS[this.NAMES.indexOf(name)] - 1;
  }

  step(name, direction) {
    press(this.handle(name), direction);
  }

  async rested() {
    await pause(200);
    while (performance.now() - this.latest < 1200) await pause(50);
  }
}

class Interact extends ByKernel {
  constructor() {
    super(".widget-interact");
    this.root.addEventListener("load", () => this.show(), true); // the picture has come and is decoded
  }
}

class Ipympl extends ByKernel {
  constructor() {
    super(".hill-ipympl");
    const subject = this;
    const { drawImage } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.drawImage = function (...given) {
      drawImage.apply(this, given);
      if (subject.root.contains(this.canvas)) subject.show(); // the picture has come and is on the canvas in the page
    };
  }
}

/* A page that does nothing: another picture each frame. */
class Empty extends Subject {
  bringIn() {}

  moveOn() {
    this.show();
  }

  rested() {}
}

const probe = {
  find() {
    const lives = [...document.querySelectorAll(".live-figure")].map((root) => new Live(root));
    this.subjects = Object.fromEntries(lives.map((live) => [live.called, live]));
    this.subjects["an empty loop"] = new Empty();
    if (document.querySelector(".widget-interact")) this.subjects.interact = new Interact();
    if (document.querySelector(".hill-ipympl canvas")) this.subjects.ipympl = new Ipympl();
  },

  /* Milliseconds until one step of a slider is seen. */
  async latency(who, name) {
    const subject = this.subjects[who];
    subject.bringIn();
    await pause(100 + 50 * Math.random()); // any place between two frames
    const seen = subject.shown();
    subject.moveOn(name);
    return seen;
  },

  /* A new value each frame: pictures a second, counting one at least. */
  async drag(who, name, seconds) {
    const subject = this.subjects[who];
    subject.bringIn();
    await subject.rested();
    let [pictures, isNew] = [0, false];
    const look = () => (isNew = true);
    subject.waiting.add(look);
    const begin = await nextFrame();
    let now = begin;
    while (now - begin < 1000 * seconds) {
      subject.moveOn(name);
      now = await nextFrame();
      pictures += isNew; // at most one a frame counts
      isNew = false;
    }
    subject.waiting.delete(look);
    await subject.rested();
    return (1000 * Math.max(1, pictures)) / (now - begin);
  },

  /* Milliseconds from running a cell until what `selector` finds in it `isThere`. */
  async cell(index, selector, isThere) {
    const panel = window.jupyterapp.shell.currentWidget;
    panel.content.activeCellIndex = index;
    const { node } = panel.content.widgets[index];
    const begin = performance.now();
    window.jupyterapp.commands.execute("notebook:run-cell");
    const found = () => [...node.querySelectorAll(selector)].some(isThere);
    while (!found()) {
      if (performance.now() - begin > PATIENCE) throw new Error(`nothing in cell ${index}`);
      await nextFrame();
    }
    await nextFrame();
    return performance.now() - begin;
  },

  /* Until the kernel has run a cell and is done. */
  async run(index) {
    const panel = window.jupyterapp.shell.currentWidget;
    panel.content.activeCellIndex = index;
    await window.jupyterapp.commands.execute("notebook:run-cell");
    await pause(500);
  },

  liveCell(index) {
    return this.cell(index, ".live-figure", (node) => node.liveFigure?.frames > 0);
  },

  interactCell(index) {
    return this.cell(index, ".widget-interact img", (image) => image.complete && image.naturalWidth > 0);
  },
};

window.probe = probe;
