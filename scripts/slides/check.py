"""Looks at every page of a deck in Chromium: whether it fits, and whether it can be read from the last row."""

from pathlib import Path

from scripts.chromium import running

SMALLEST = 24  # px; indices of formulas are smaller, as everywhere
SIZE = {"width": 1280, "height": 720}

# Goes through all pages; returns what is wrong in words. A picture tells the height of its smallest text: who drew it
# knows.
LOOK = """async (smallest) => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const index = "msub > :not(:first-child), msup > :not(:first-child), msubsup > :not(:first-child), mfrac *, mover *";

  function faults(section) {
    const body = section.querySelector(".body");
    const edge = section.getBoundingClientRect();
    const found = [];
    if (body.scrollHeight > body.clientHeight + 1 || body.scrollWidth > body.clientWidth + 1)
      found.push(`${body.scrollWidth} x ${body.scrollHeight} px do not fit ${body.clientWidth} x ${body.clientHeight}`);
    for (const node of section.querySelectorAll("*")) {
      if (node.closest(".live-hidden, aside") || !node.checkVisibility({ visibilityProperty: true })) continue;
      const box = node.getBoundingClientRect();
      const style = getComputedStyle(node);
      const apart = style.display !== "inline" && box.width && box.height;
      if (apart && (box.right > edge.right + 1 || box.bottom > edge.bottom + 1 || box.top < edge.top - 1))
        found.push(`${node.tagName} ${node.className} sticks out`);
      const words = [...node.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim());
      const size = parseFloat(style.fontSize);
      if (words && size < smallest && !node.closest(index))
        found.push(`text of ${size} px: ${node.textContent.slice(0, 40)}`);
    }
    for (const image of section.querySelectorAll("img[data-text]")) {
      const size = (image.dataset.text * image.clientWidth) / image.getAttribute("width");
      if (size < smallest - 0.1) found.push(`text of ${size.toFixed(1)} px in a picture`);
    }
    for (const { liveFigure: figure } of section.querySelectorAll(".live-figure"))
      if ((figure.frame.text * figure.canvas.clientWidth) / figure.frame.size[0] < smallest - 0.1)
        found.push("text in a live figure is too small");
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
    const found = (await alive(section)) ? faults(section) : ["a live figure does not live"];
    all.push(...found.map((fault) => `${section.id}: ${fault}`));
  }
  return all;
}"""


def opened(browser, deck: Path):
    """A page with the deck, ready; `asked` of it are the requests it made to anywhere but the disk, none answered."""
    context = browser.new_context(viewport=SIZE)
    page, asked = context.new_page(), []
    context.route(lambda url: not url.startswith(("file:", "data:", "blob:")), lambda route: refuse(route, asked))
    page.goto(deck.as_uri())
    page.wait_for_selector("body[data-ready]", state="attached", timeout=120_000)
    page.asked = asked
    return page


def refuse(route, asked: list[str]) -> None:
    asked.append(route.request.url)
    route.abort()


def faults(page) -> list[str]:
    """Everything wrong in an open deck, page by page."""
    return page.evaluate(LOOK, SMALLEST)


def check(decks: list[Path]) -> list[str]:
    """Everything wrong in some decks. NoBrowser, a ValueError, without a Chromium."""
    found = []
    with running() as browser:
        for deck in decks:
            page = opened(browser, deck)
            told = faults(page) + [f"asks for {address}" for address in page.asked]
            found += [f"{deck.name} {fault}" for fault in told]
            page.context.close()
    return found
