/* A deck: cuts the slides of a lesson into pages that fit, and adds the keys for figures and the lecturer's window to
 * reveal.js. The pages are cut here and not when the deck is built, since only a browser knows how high a text is; those
 * of a lecture come as they are.
 */
(() => {
  const lecture = document.body.dataset.lecture !== undefined;

  // ---- cutting slides into pages

  const ROWS = ":scope.list > *, :scope.table tbody, :scope.code code, :scope.printed pre"; // of a unit that can be cut

  function make(tag, properties = {}, ...children) {
    const node = Object.assign(document.createElement(tag), properties);
    node.append(...children);
    return node;
  }

  const isFull = (body) => body.scrollHeight > body.clientHeight + 1;

  /* The pages of one slide, in the document so that they can be measured. */
  class Cutter {
    constructor(flow, host) {
      Object.assign(this, { flow, host, pages: [], title: flow.querySelector("h1, h2") });
    }

    cut() {
      this.turn();
      for (const group of this.groups()) this.put(group);
      if (this.pages.length > 1 && !this.body.childElementCount) this.pages.pop().remove();
      this.pages.forEach((page, number) => (page.id = number ? `${this.flow.id}-${number + 1}` : this.flow.id));
      this.pages[0].lastElementChild.append(...this.flow.querySelectorAll(":scope > aside > *"));
      return this.pages;
    }

    /* Units that must not be parted: a heading and what it says, a sentence with a colon and what it announces. */
    groups() {
      const groups = [[]];
      for (const unit of this.flow.querySelectorAll(":scope > .unit")) {
        groups.at(-1).push(unit);
        if (unit.dataset.keep === undefined) groups.push([]);
      }
      return groups.filter((group) => group.length);
    }

    /* To a new page, unless this one is empty. */
    turn() {
      if (this.body?.childElementCount === 0) return;
      this.body = make("div", { className: "body" });
      const notes = make("aside", { className: "notes" });
      const page = make("section", { className: "page" }, this.title.cloneNode(true), this.body, notes);
      Object.assign(page.dataset, this.flow.dataset);
      this.host.append(page);
      this.pages.push(page);
    }

    /* On this page, else on the next, else one by one, else in pieces. */
    put(group) {
      const [first, ...more] = group;
      if (first.matches(".heading")) return this.headed(first, more);
      if (first.matches(".figure")) return this.alone(group);
      this.body.append(...group);
      if (!isFull(this.body)) return;
      group.forEach((unit) => unit.remove());
      if (this.body.childElementCount) {
        this.turn();
        this.put(group);
      } else if (more.length) for (const unit of group) this.put([unit]);
      else this.split(first);
    }

    /* A heading inside of a slide is the title of a new page. */
    headed(heading, more) {
      this.title = make(this.title.tagName, {}, ...heading.childNodes);
      heading.remove();
      this.turn();
      this.pages.at(-1).firstElementChild.replaceWith(this.title.cloneNode(true));
      if (more.length) this.put(more);
    }

    alone(group) {
      this.turn();
      this.body.append(...group);
      this.turn();
    }

    /* As many rows as fit, the rest on the next page. What has no rows stays whole, and the check will tell. */
    split(unit) {
      this.body.append(unit);
      const rest = unit.cloneNode(true);
      const [rows, others] = [unit.querySelector(ROWS), rest.querySelector(ROWS)];
      others?.replaceChildren();
      while (isFull(this.body) && rows?.childElementCount > 1) others.prepend(rows.lastElementChild);
      if (!others?.childElementCount) return;
      if (others.tagName === "OL") others.start += rows.childElementCount;
      this.turn();
      this.put([rest]);
    }
  }

  /* Main line to the right; what lies below hangs under the last page before it. */
  function arrange() {
    const host = document.querySelector(".slides");
    const columns = [];
    for (const flow of host.querySelectorAll(".flow")) {
      const pages = new Cutter(flow, host).cut();
      if (flow.dataset.below !== undefined && columns.length) columns.at(-1).push(...pages);
      else columns.push(...pages.map((page) => [page]));
      flow.remove();
    }
    closeRoots(); // while all pages can be measured
    fit();
    for (const pages of columns) host.append(pages.length > 1 ? make("section", {}, ...pages) : pages[0]);
  }

  /* Chromium keeps room behind a root for the widest root sign that the font has. */
  function closeRoots() {
    for (const root of [...document.querySelectorAll(".page msqrt")].reverse()) {
      const gap = root.getBoundingClientRect().right - root.lastElementChild.getBoundingClientRect().right;
      const size = parseFloat(getComputedStyle(root).fontSize);
      if (gap > 0.1 * size) root.style.marginRight = `${0.08 - gap / size}em`;
    }
  }

  /* What is wider than its page, an equation and in a lecture all else, gets smaller; the check says when too small. */
  function fit() {
    const fitted = ".page .body > .equation, [data-lecture] .page .body > :is(.code, .table, .words)";
    for (const shown of document.querySelectorAll(fitted)) {
      const [wide, room] = [shown.scrollWidth, shown.parentElement.clientWidth];
      const size = parseFloat(getComputedStyle(shown).fontSize);
      if (wide > room) shown.style.fontSize = `${Math.floor((size * room) / wide)}px`;
    }
  }

  // ---- figures

  const figures = () => [...document.querySelectorAll(".live-figure")];
  const present = () => Reveal.getCurrentSlide()?.querySelector(".live-figure")?.liveFigure;
  const unfold = () => Reveal.getCurrentSlide().classList.toggle("unfolded");

  /* Where not all readouts fit below a figure they are shown on demand. */
  function watchReadouts(root) {
    const observer = new ResizeObserver(() => {
      if (!root.offsetParent || !isFull(root.closest(".body"))) return;
      observer.disconnect();
      root.classList.add("crowded");
      const properties = { type: "button", className: "deck-told", textContent: "what it says", onclick: unfold };
      root.querySelector(".live-tools")?.append(make("button", properties));
    });
    observer.observe(root);
  }

  // ---- keys

  const HELP = {
    "1 to 9": "figure: that prepared setting",
    E: "figure: the next prepared setting",
    0: "figure: back to its first setting",
    R: "figure: what its readouts say, where there is no room for them; in a lecture, all its controls, too",
    L: "figure: play, pause",
    S: "the lecturer's window: notes, minutes and a clock",
    Esc: "leave a slider, so that the arrow keys turn pages again",
  };

  /* Whether the figure on the page knows the key. */
  function figureKey(pressed) {
    const [figure, key] = [present(), pressed.toLowerCase()];
    if (!figure) return false;
    if (/^[1-9]$/.test(key) && Number(key) <= figure.scenes.length) figure.showScene(Number(key) - 1);
    else if (key === "e") figure.showScene(figure.scene + 1);
    else if (key === "0") figure.reset();
    else if (key === "r") unfold();
    else if (key === "l" && figure.player) figure.toggle();
    else return false;
    return true;
  }

  const TURNS = /^(Arrow\w+|PageUp|PageDown| )$/;
  const holdsArrows = (node) => node.matches("input[type=range], input[type=text], select, .live-pad, .live-scroll");

  /* As reveal.js does, also where a slider has the focus, with which it would not. */
  function turnPage(event) {
    document.activeElement.blur();
    Reveal.triggerKey(event.keyCode);
  }

  /* Before the figures take their keys: see takeKeys in course_lib/live/page/keys.js. */
  function onKey(event) {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || !Reveal.isReady()) return;
    const inFigure = target.closest(".live-figure") !== null;
    if (inFigure && key === "Escape") return event.stopPropagation(); // the figure lets go; no overview
    const isClicker = key === "PageDown" || key === "PageUp"; // they always turn the page
    if (isClicker || (inFigure && key.startsWith("Arrow") && !holdsArrows(target))) turnPage(event);
    else if (target.matches("input[type=text], textarea")) return;
    else if (key.toLowerCase() === "s") speaker.open();
    else if (!figureKey(key)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  // ---- the lecturer's window

  const SPEAKER = `<header><span class="clock"></span><span class="late" role="status"></span>
    <button type="button" class="restart">Restart the clock</button><span class="day"></span></header>
    <h1 class="now"></h1><p class="minutes"></p><div class="said"></div>
    <p class="then">Next: <b class="next"></b></p><p class="keys"></p>`;

  const speaker = {
    window: null,
    began: null,

    open() {
      if (this.isOpen()) return this.window.focus();
      this.window = window.open("", "_blank", "width=1000,height=760");
      if (!this.window) return alert("The browser has not allowed the lecturer's window. Allow it for this page.");
      const page = this.window.document;
      page.title = `${document.title}: notes`;
      page.documentElement.lang = "en";
      for (const { href } of document.querySelectorAll("link[rel=stylesheet]"))
        page.head.append(make("link", { rel: "stylesheet", href }));
      page.body.className = "speaker";
      page.body.innerHTML = SPEAKER;
      this.window.addEventListener("keydown", (event) => this.key(event));
      page.querySelector(".restart").addEventListener("click", () => {
        this.began = null;
        this.tick();
      });
      this.show();
      this.timer ??= setInterval(() => this.tick(), 1000);
    },

    isOpen() {
      return this.window && !this.window.closed;
    },

    key(event) {
      const pressesButton = event.target.matches("button") && (event.key === " " || event.key === "Enter");
      if (event.ctrlKey || event.metaKey || event.altKey || pressesButton) return;
      if (TURNS.test(event.key)) turnPage(event);
      else if (!figureKey(event.key)) return;
      event.preventDefault();
    },

    turned() {
      this.began ??= Date.now();
      this.show();
    },

    show() {
      if (!this.isOpen()) return;
      const section = Reveal.getCurrentSlide();
      const following = Reveal.getSlides()[Reveal.getSlides().indexOf(section) + 1];
      const { minutes, until } = section.dataset;
      const at = (name) => this.window.document.querySelector(name);
      at(".now").innerHTML = titleOf(section);
      at(".next").innerHTML = following ? titleOf(following) : "the end";
      at(".said").innerHTML = section.querySelector("aside.notes").innerHTML;
      at(".minutes").textContent =
        minutes > 0 ? `${minutes} min for this slide, which ends at ${clock(until * 60)} of ${clock(total())}` : "";
      const scenes = present()?.scenes.map((scene, number) => `${number + 1} ${scene}`) ?? [];
      at(".keys").textContent = scenes.length ? `Keys: ${scenes.join(" \u00b7 ")}` : "";
      this.tick();
    },

    tick() {
      if (!this.isOpen()) return;
      const passed = this.began ? (Date.now() - this.began) / 1000 : 0;
      const late = passed - Reveal.getCurrentSlide().dataset.until * 60;
      const at = (name) => this.window.document.querySelector(name);
      at(".clock").textContent = clock(passed);
      at(".day").textContent = new Date().toTimeString().slice(0, 5);
      at(".late").textContent = total() && late > 0 ? `${clock(late)} behind the plan` : "";
    },
  };

  const titleOf = (section) => section.querySelector("h1, h2").innerHTML;
  const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
  const total = () => Reveal.getSlides().at(-1).dataset.until * 60; // seconds

  // ---- start

  async function start() {
    window.addEventListener("keydown", onKey, { capture: true });
    await Promise.all([...document.fonts].map((font) => font.load()));
    await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
    document.body.classList.add("measuring");
    arrange();
    document.body.classList.remove("measuring");
    await Reveal.initialize({
      width: 1280, height: 720, margin: 0, minScale: 0.1, maxScale: 4,
      center: false, display: "flex", hash: true, controls: false, transition: "none", backgroundTransition: "none",
      navigationMode: lecture ? "linear" : "default", slideNumber: (section) => [number(section)], postMessage: false,
    });
    for (const [key, description] of Object.entries(HELP)) Reveal.registerKeyboardShortcut(key, description);
    Reveal.on("slidechanged", () => {
      document.activeElement.blur();
      for (const root of figures()) root.liveFigure?.pause();
      speaker.turned();
    });
    document.addEventListener("click", ({ target }) => target.closest(".live-figure button") && target.blur());
    if (!lecture) figures().forEach(watchReadouts);
    document.body.dataset.ready = "";
  }

  function number(section) {
    const all = Reveal.getSlides();
    const below = !lecture && Reveal.availableRoutes().down ? " \u2193" : "";
    return `${all.indexOf(section) + 1} / ${all.length}${below}`;
  }

  window.addEventListener("load", start); // when all figures have found their places in the page
})();
