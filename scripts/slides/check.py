"""Looks at every page of a deck in Chromium: whether it fits, whether it can be read from the last row, and in a
lecture whether a hall can look at it and listen at once."""

from pathlib import Path

from scripts.chromium import running
from scripts.slides import lecture

# px; `index`: of what is small in formulas, in a lecture; elsewhere as it comes
READ = {"smallest": 24, "index": 0}
LECTURE = {"smallest": 28, "index": 22, "words": lecture.WORDS, "option": lecture.OPTION, "code": lecture.CODE}
SIZE = {"width": 1280, "height": 720}

# Goes through all pages; returns what is wrong in words. Pictures and live figures tell the height of their smallest
# text and how many words they hold: who drew them knows. A word has two letters, or digits; formulas are none.
LOOK = """async ({ read, lecture }) => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const limits = document.body.dataset.lecture === undefined ? read : lecture;
  const small = "msub > :not(:first-child), msup > :not(:first-child), msubsup > :not(:first-child), mfrac *, mover *";
  const wordsOf = (text) => (text.match(/[^\\s]*(?:\\p{L}{2}|\\p{N})[^\\s]*/gu) ?? []).length;
  const isSeen = (node) => !node.closest(".live-hidden, aside, style, script, option")
    && node.checkVisibility({ visibilityProperty: true }) && parseFloat(getComputedStyle(node).fontSize) > 0;

  function texts(root) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT, {
      acceptNode: ({ data, parentElement }) =>
        data.trim() && isSeen(parentElement) ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_REJECT,
    });
    const found = [];
    while (walker.nextNode()) found.push(walker.currentNode);
    return found;
  }

  function faults(section) {
    const body = section.querySelector(".body");
    const edge = section.getBoundingClientRect();
    const found = [];
    if (body.scrollHeight > body.clientHeight + 1 || body.scrollWidth > body.clientWidth + 1)
      found.push(`${body.scrollWidth} x ${body.scrollHeight} px do not fit ${body.clientWidth} x ${body.clientHeight}`);
    for (const node of section.querySelectorAll("*")) {
      if (!isSeen(node)) continue;
      const box = node.getBoundingClientRect();
      const apart = getComputedStyle(node).display !== "inline" && box.width && box.height;
      if (apart && (box.right > edge.right + 1 || box.bottom > edge.bottom + 1 || box.top < edge.top - 1))
        found.push(`${node.tagName} ${node.className} sticks out`);
    }
    for (const { data, parentElement } of texts(section)) {
      const size = parseFloat(getComputedStyle(parentElement).fontSize);
      if (size < (parentElement.closest(small) ? limits.index : limits.smallest) - 0.1)
        found.push(`text of ${size} px: ${data.slice(0, 40)}`);
    }
    const shown = [...section.querySelectorAll("img[data-text]")].map((image) => ({
      text: image.dataset.text * image.clientWidth / image.getAttribute("width"),
      words: Number(image.dataset.words),
    }));
    for (const { liveFigure: { frame, canvas } } of section.querySelectorAll(".live-figure"))
      shown.push({ text: frame.lettering.text * canvas.clientWidth / frame.size[0], words: frame.lettering.words });
    for (const { text } of shown)
      if (text < limits.smallest - 0.1) found.push(`text of ${text.toFixed(1)} px in a picture`);
    return limits.words ? [...found, ...tooMuch(section, body, shown)] : found;
  }

  function tooMuch(section, body, shown) {
    const found = [];
    const beside = texts(body).filter(({ parentElement }) => !parentElement.closest(".options, .shown.code, math"));
    const counts = [...beside.map(({ data }) => wordsOf(data)), ...shown.map(({ words }) => words)];
    const count = counts.reduce((a, b) => a + b, 0);
    if (count > limits.words) found.push(`${count} words`);
    for (const option of body.querySelectorAll(".options li > span"))
      if (wordsOf(option.textContent) > limits.option) found.push(`an option of ${wordsOf(option.textContent)} words`);
    const lines = body.querySelector(".shown.code")?.textContent.trim().split("\\n").length ?? 0;
    if (lines > limits.code) found.push(`${lines} lines of code`);
    const headline = section.querySelector("h2");
    if (headline && headline.clientHeight > 2.4 * parseFloat(getComputedStyle(headline).fontSize))
      found.push("a headline of more than two lines");
    return found;
  }

  async function alive(section) {
    const figures = [...section.querySelectorAll(".live-figure")];
    const end = performance.now() + 60000;
    while (figures.some((root) => !root.liveFigure?.frames)) {
      if (performance.now() > end) return false;
      await frame();
    }
    if (figures.length) for (let k = 0; k < 3; k++) await frame();
    return true;
  }

  const all = [];
  for (const section of Reveal.getSlides()) {
    const { h, v } = Reveal.getIndices(section);
    Reveal.slide(h, v);
    while (Reveal.nextFragment()); // what comes with a key needs its room, too
    const found = (await alive(section)) ? faults(section) : ["a live figure does not live"];
    all.push(...found.map((fault) => `${section.id}: ${fault}`));
  }
  return all;
}"""


def opened(browser, deck: Path):
    """A page with the deck, ready; `asked` of it are the requests it made to anywhere but the disk, none answered."""
    context = browser.new_context(viewport=SIZE)
    page = context.new_page()
    page.asked = []
    context.route("http*://**", lambda route: (page.asked.append(route.request.url), route.abort()))
    page.goto(deck.as_uri())
    page.wait_for_selector("body[data-ready]", state="attached", timeout=120_000)
    return page


def faults(page) -> list[str]:
    """Everything wrong in an open deck, page by page."""
    return page.evaluate(LOOK, {"read": READ, "lecture": LECTURE})


def check(decks: list[Path]) -> list[str]:
    """Everything wrong in some decks. NoBrowser, a ValueError, without a Chromium."""
    found = []
    with running() as browser:
        for deck in decks:
            page = opened(browser, deck)
            found += [f"{deck.name} {fault}" for fault in faults(page)]
            found += [f"{deck.name} asks for {address}" for address in page.asked]
            page.context.close()
    return found
