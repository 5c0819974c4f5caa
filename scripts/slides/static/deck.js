/* A deck: cuts the slides of a lesson into pages that fit, and adds the keys for figures and the lecturer's window to
 * reveal.js. The pages are cut here and not when the deck is built, since only a browser knows how high a text is; those
 * of a lecture come as they are.
 */
(() => {
  const WIDTH = 1280;
  const HEIGHT = 720;
  const deckName = document.title;
  const lecture = document.body.dataset.lecture !== undefined;

  // ---- cutting slides into pages

  function make(tag, properties = {}, ...children) {
    const node = Object.assign(document.createElement(tag), properties);
    node.append(...children);
    return node;
  }

  const isFull = (page) => page.body.scrollHeight > page.body.clientHeight + 1;
  const kindOf = (unit) => unit.dataset.kind;

  /* The pages of one slide, in the document so that they can be measured. */
  class Cutter {
    constructor(flow, host) {
      Object.assign(this, { flow, host, pages: [], title: flow.querySelector("h1, h2") });
    }

    cut() {
      this.turn();
      for (const group of this.groups()) this.put(group);
      this.pages = this.pages.filter((page) => page.body.childElementCount || this.pages.length === 1);
      return this.pages.map((page, number) => this.finish(page, number));
    }

    /* Units that must not be parted: a heading and what it says, a sentence with a colon and what it announces. */
    groups() {
      const groups = [];
      let open = null;
      for (const unit of this.flow.querySelectorAll(":scope > .unit")) {
        if (open) open.push(unit);
        else groups.push((open = [unit]));
        if (unit.dataset.keep === undefined) open = null;
      }
      return groups;
    }

    turn() {
      const body = make("div", { className: "body" });
      const section = make("section", { className: "page" }, this.title.cloneNode(true), body);
      this.host.append(section);
      this.page = { section, body };
      this.pages.push(this.page);
    }

    put(group) {
      if (kindOf(group[0]) === "heading") return this.headed(group);
      const alone = kindOf(group[0]) === "figure";
      if (alone) this.turn();
      this.page.body.append(...group);
      if (alone) this.page.section.classList.add("with-figure");
      if (!isFull(this.page) && !this.isFigure(group)) return;
      if (alone) return;
      group.forEach((unit) => unit.remove());
      this.overflow(group);
    }

    isFigure(group) {
      return this.page.section.classList.contains("with-figure") && kindOf(group[0]) !== "figure";
    }

    /* A heading inside of a slide is the title of a new page. */
    headed([heading, ...rest]) {
      const level = this.title.tagName;
      this.title = make(level, {}, ...heading.childNodes);
      heading.remove();
      if (this.page.body.childElementCount) this.turn();
      else this.page.section.querySelector("h1, h2").replaceWith(this.title.cloneNode(true));
      if (rest.length) this.put(rest);
    }

    /* What does not fit any more goes to the next page, or is cut. */
    overflow(group) {
      const last = group.at(-1);
      if (group.length === 1 && this.page.body.childElementCount && this.half(last)) return;
      if (this.page.body.childElementCount) this.turn();
      this.page.body.append(...group);
      if (!isFull(this.page)) return;
      if (group.length > 1) {
        group.forEach((unit) => unit.remove());
        for (const unit of group) this.put([unit]);
      } else if (parts(last).length > 1) {
        last.remove();
        this.half(last);
      }
    }

    /* As many rows of a list, table or code as still fit, if it is worth it; the rest follows. */
    half(unit) {
      const rows = parts(unit);
      if (rows.length < 2) return false;
      let low = 0;
      let high = rows.length;
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        const piece = pieceOf(unit, rows, 0, middle);
        this.page.body.append(piece);
        const fits = !isFull(this.page);
        piece.remove();
        if (fits) low = middle;
        else high = middle - 1;
      }
      const empty = !this.page.body.childElementCount;
      const wanted = kindOf(unit) === "list" ? 2 : 6;
      if (!low || (!empty && (low < wanted || rows.length - low < 2 || rows.length < 14))) return false;
      this.page.body.append(pieceOf(unit, rows, 0, low));
      const rest = pieceOf(unit, rows, low, rows.length);
      this.turn();
      this.put([rest]);
      return true;
    }

    finish(page, number) {
      const { section } = page;
      Object.assign(section.dataset, { slide: this.flow.id, minutes: this.flow.dataset.minutes });
      section.id = number ? `${this.flow.id}-${number + 1}` : this.flow.id;
      const notes = make("aside", { className: "notes" });
      if (!number) notes.append(...this.flow.querySelectorAll(":scope > aside > *"));
      section.append(notes);
      return section;
    }
  }

  function parts(unit) {
    if (kindOf(unit) === "list") return [...unit.firstElementChild.children];
    if (kindOf(unit) === "table") return [...unit.querySelectorAll("tbody > tr")];
    if (kindOf(unit) === "code" || kindOf(unit) === "printed") return lines(lettersOf(unit));
    return [];
  }

  const lettersOf = (unit) => unit.querySelector("code") ?? unit.querySelector("pre");

  /* The lines of a pre as lists of nodes; highlighting never spans lines except in long strings. */
  function lines(pre) {
    const found = [[]];
    for (const node of pre.childNodes) {
      if (node.nodeType !== Node.TEXT_NODE) found.at(-1).push(node);
      else
        node.data.split("\n").forEach((text, number) => {
          if (number) found.push([]);
          if (text) found.at(-1).push(document.createTextNode(text));
        });
    }
    while (found.length && !found.at(-1).length) found.pop();
    return found;
  }

  function pieceOf(unit, rows, from, to) {
    const piece = unit.cloneNode(true);
    const chosen = rows.slice(from, to);
    if (kindOf(unit) === "list") {
      piece.firstElementChild.replaceChildren(...chosen.map((row) => row.cloneNode(true)));
      if (piece.firstElementChild.tagName === "OL")
        piece.firstElementChild.start = (unit.firstElementChild.start || 1) + from;
    } else if (kindOf(unit) === "table")
      piece.querySelector("tbody").replaceChildren(...chosen.map((row) => row.cloneNode(true)));
    else {
      const target = lettersOf(piece);
      const nodes = chosen.flatMap((line, number) => [...(number ? ["\n"] : []), ...line.map((n) => n.cloneNode(true))]);
      target.replaceChildren(...nodes);
    }
    return piece;
  }

  /* Main line to the right; what lies below hangs under the last page before it. */
  function arrange(slides) {
    const host = document.querySelector(".slides");
    let column = null;
    const columns = [];
    for (const flow of host.querySelectorAll(".flow")) {
      const pages = new Cutter(flow, host).cut();
      if (flow.dataset.below !== undefined && column) column.push(...pages);
      else for (const page of pages) columns.push((column = [page]));
      flow.remove();
    }
    closeRoots(); // while all pages can be measured
    fit();
    for (const pages of columns) {
      if (pages.length === 1) host.append(pages[0]);
      else host.append(make("section", {}, ...pages));
    }
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

  /* Where not all readouts fit below a figure they are shown on demand. */
  function watchReadouts(root) {
    const section = root.closest("section");
    const check = () => {
      if (lecture || !root.offsetParent || root.classList.contains("crowded")) return;
      if (section.querySelector(".body").scrollHeight <= section.querySelector(".body").clientHeight) return;
      root.classList.add("crowded");
      const toggle = make("button", { type: "button", className: "deck-told", textContent: "what it says" });
      toggle.addEventListener("click", () => tell(root));
      root.querySelector(".live-tools")?.append(toggle);
    };
    new ResizeObserver(check).observe(root);
    check();
  }

  function tell(root) {
    if (lecture) root?.closest("section").classList.toggle("unfolded");
    else root?.classList.toggle("told");
  }

  // ---- keys

  const HELP = [
    ["1 to 9", "figure: that prepared setting"],
    ["E", "figure: the next prepared setting"],
    ["0", "figure: back to its first setting"],
    ["R", "figure: what its readouts say, where there is no room for them; in a lecture, all its controls, too"],
    ["L", "figure: play, pause"],
    ["S", "the lecturer's window: notes, minutes and a clock"],
    ["Esc", "leave a slider, so that the arrow keys turn pages again"],
  ];

  function figureKey(key) {
    const figure = present();
    if (!figure) return false;
    if (/^[1-9]$/.test(key)) {
      if (Number(key) > figure.scenes.length) return false;
      figure.showScene(Number(key) - 1);
    } else if (key === "e") figure.showScene(figure.scene + 1);
    else if (key === "0") figure.reset();
    else if (key === "r") tell(figure.root);
    else if (key === "l" && figure.player) figure.toggle();
    else return false;
    return true;
  }

  const TURNS = { ArrowRight: "right", ArrowLeft: "left", ArrowUp: "up", ArrowDown: "down", PageDown: "next", PageUp: "prev" };
  const isClicker = (key) => key === "PageDown" || key === "PageUp"; // they always turn the page
  const holdsArrows = (node) =>
    node.matches("input[type=range], input[type=text], select, .live-pad, .live-scroll");
  const isTyped = (node) => node.matches("input[type=text], textarea");

  /* Before the figures take their keys: see takeKeys in course_lib/live/page/keys.js. */
  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !Reveal.isReady()) return;
    const target = event.target instanceof Element ? event.target : document.body;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const inFigure = Boolean(target.closest(".live-figure"));
    if (inFigure && key === "Escape") return event.stopPropagation(); // the figure lets go; no overview
    let known = true;
    if (key === "s" && !isTyped(target)) speaker.open();
    else if (!isTyped(target) && figureKey(key)) known = true;
    else if (isClicker(key) || (inFigure && key in TURNS && !holdsArrows(target))) Reveal[TURNS[key]]();
    else known = false;
    if (!known) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  // ---- the lecturer's window

  const speaker = {
    window: null,
    began: null,

    open() {
      if (this.window && !this.window.closed) return this.window.focus();
      this.window = window.open("", "_blank", "width=1000,height=760");
      if (!this.window) return alert("The browser has not allowed the lecturer's window. Allow it for this page.");
      const page = this.window.document;
      page.title = `${deckName}: notes`;
      page.documentElement.lang = "en";
      for (const sheet of document.querySelectorAll("link[rel=stylesheet]"))
        page.head.append(Object.assign(page.createElement("link"), { rel: "stylesheet", href: sheet.href }));
      page.body.className = "speaker";
      page.body.innerHTML = SPEAKER;
      this.window.addEventListener("keydown", (event) => this.key(event));
      page.querySelector(".restart").addEventListener("click", () => {
        this.began = null;
        this.tick();
      });
      this.show();
      this.tick();
      this.timer ??= setInterval(() => this.tick(), 1000);
    },

    key(event) {
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const pressesButton = event.target.matches("button") && (key === " " || key === "Enter");
      if (event.ctrlKey || event.metaKey || event.altKey || pressesButton) return;
      if (key in TURNS) Reveal[TURNS[key]]();
      else if (key === " ") Reveal.next();
      else if (!figureKey(key)) return;
      event.preventDefault();
    },

    start() {
      this.began ??= Date.now();
    },

    show() {
      if (!this.window || this.window.closed) return;
      const page = this.window.document;
      const section = Reveal.getCurrentSlide();
      const following = Reveal.getSlides()[Reveal.getSlides().indexOf(section) + 1];
      const put = (name, ...nodes) => page.querySelector(name).replaceChildren(...nodes.map((n) => page.importNode(n, true)));
      put(".now", ...titleOf(section));
      put(".next", ...titleOf(following));
      put(".said", ...section.querySelector("aside.notes").childNodes);
      const { minutes, until } = plan(section);
      page.querySelector(".minutes").textContent = minutes
        ? `${minutes} min for this slide, which ends at ${clock(until * 60)} of ${clock(total() * 60)}`
        : "";
      const scenes = present()?.scenes.map((scene, number) => `${number + 1} ${scene}`) ?? [];
      page.querySelector(".keys").textContent = scenes.length ? `Keys: ${scenes.join(" \u00b7 ")}` : "";
    },

    tick() {
      if (!this.window || this.window.closed) return;
      const page = this.window.document;
      const passed = this.began ? (Date.now() - this.began) / 1000 : 0;
      page.querySelector(".clock").textContent = clock(passed);
      page.querySelector(".day").textContent = new Date().toTimeString().slice(0, 5);
      const late = passed - plan(Reveal.getCurrentSlide()).until * 60;
      page.querySelector(".late").textContent = total() && late > 0 ? `${clock(late)} behind the plan` : "";
    },
  };

  const SPEAKER = `<header><span class="clock"></span><span class="late" role="status"></span>
    <button type="button" class="restart">Restart the clock</button><span class="day"></span></header>
    <h1 class="now"></h1><p class="minutes"></p><div class="said"></div>
    <p class="then">Next: <b class="next"></b></p><p class="keys"></p>`;

  function titleOf(section) {
    const title = section?.querySelector("h1, h2");
    return title ? [...title.childNodes] : [document.createTextNode("the end")];
  }

  const clock = (seconds) =>
    `${Math.floor(Math.max(0, seconds) / 60)}:${String(Math.floor(Math.max(0, seconds) % 60)).padStart(2, "0")}`;

  /* Minutes of the slide a page belongs to, and the planned time at its end. */
  function plan(section) {
    let until = 0;
    let last = null;
    for (const page of Reveal.getSlides()) {
      if (page.dataset.slide !== last) until += Number(page.dataset.minutes);
      last = page.dataset.slide;
      if (page === section) break;
    }
    return { minutes: Number(section.dataset.minutes), until };
  }

  const total = () => plan(Reveal.getSlides().at(-1)).until;

  // ---- start

  async function start() {
    window.addEventListener("keydown", onKey, { capture: true });
    await Promise.all(["27px 'Source Sans 3'", "600 27px 'Source Sans 3'", "italic 27px 'Source Sans 3'",
      "24px Inconsolata", "27px 'STIX Two Math'", "24px 'DejaVu Sans'"].map((font) => document.fonts.load(font, "aθ★")));
    await document.fonts.ready;
    await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
    document.body.classList.add("measuring");
    arrange();
    document.body.classList.remove("measuring");
    await Reveal.initialize({
      width: WIDTH, height: HEIGHT, margin: 0, minScale: 0.1, maxScale: 4,
      center: false, display: "flex", hash: true, controls: false, progress: true, transition: "none",
      backgroundTransition: "none", navigationMode: lecture ? "linear" : "default", preventIframeAutoFocus: true,
      slideNumber: (section) => [number(section)], help: true, postMessage: false, pause: true,
    });
    HELP.forEach(([key, description]) => Reveal.registerKeyboardShortcut(key, description));
    Reveal.on("slidechanged", () => {
      if (document.activeElement !== document.body) document.activeElement?.blur();
      for (const root of figures()) root.liveFigure?.pause();
      speaker.start();
      speaker.show();
      speaker.tick();
    });
    document.addEventListener("click", (event) => event.target.closest?.(".live-figure button") && event.target.blur());
    figures().forEach(watchReadouts);
    document.body.dataset.ready = "";
  }

  function number(section) {
    const all = Reveal.getSlides();
    const below = !lecture && Reveal.availableRoutes().down ? " \u2193" : "";
    return `${all.indexOf(section) + 1} / ${all.length}${below}`;
  }

  /* When all figures have found their places in the page. */
  if (document.readyState === "complete") start();
  else window.addEventListener("load", start);
})();
