"""Draw the moving picture of the README: python -m scripts.hero

A live figure in Chromium, its start dragged by the mouse, one picture a frame. It plays once, and rests on the last.
"""

import io
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from course_lib import labs
from scripts.chromium import running

TARGET = Path(__file__).resolve().parents[1] / "docs" / "hero.webp"
SECONDS, A_SECOND = 4.4, 15  # at most five seconds: what moves for longer needs a button to stop it (WCAG 2.2.2)
PLACES = ((-4, 2), (-4.4, 0.4), (-3.2, -1.6), (-0.5, -2.1), (2.6, -1.4), (4.2, 0.6), (3.4, 1.9))  # of the hand
SHAPE = {"width": 920, "height": 700}
DOTS = 1.25  # a px

HAND = """(at) => {
  const arrow = document.querySelector("#hand") ?? document.body.appendChild(document.createElement("div"));
  arrow.id = "hand";
  arrow.style.cssText = `position: fixed; left: ${at[0]}px; top: ${at[1]}px; pointer-events: none; z-index: 9`;
  const shape = '<path d="M1 1v20l5-5 4 9 4-2-4-8h7z" fill="#111" stroke="#fff"/>';
  arrow.innerHTML = `<svg width="20" height="28">${shape}</svg>`;
}"""
FREE = """() => { // all that is seen of the figure
  const box = document.querySelector(".live-figure canvas").getBoundingClientRect();
  return { x: box.x, y: box.y, width: box.width, height: box.height };
}"""
ON_PAPER = """(places) => {
  const { frame, canvas } = document.querySelector(".live-figure").liveFigure;
  const [{ box, limits }] = frame.axes;
  const { left, top, width } = canvas.getBoundingClientRect();
  const share = (value, [low, high]) => (value - low) / (high - low);
  return places.map(([x, y]) => [
    left + (box[0] + share(x, limits[0]) * box[2]) * (width / frame.size[0]),
    top + (box[1] + (1 - share(y, limits[1])) * box[3]) * (width / frame.size[0]),
  ]);
}"""
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def way(count):
    """Places of the hand, count of them: slow at both ends."""
    whole = np.array(PLACES, float)
    moved = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(whole, axis=0).T))])
    share = np.linspace(0, 1, count)
    at = moved[-1] * share**2 * (3 - 2 * share)
    return np.stack([np.interp(at, moved, column) for column in whole.T], axis=-1).tolist()


def frames(browser, html):
    """Pictures of the figure while its start is dragged."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "hero.html")
        file.write_text(f"<!DOCTYPE html><body style='margin: 8px'>{html}</body>", encoding="utf-8")
        page = browser.new_page(viewport=SHAPE, device_scale_factor=DOTS)
        page.goto(file.as_uri())
        page.wait_for_function("document.querySelector('.live-figure').liveFigure?.frames > 0")
        clip = page.evaluate(FREE)
        for k, place in enumerate(page.evaluate(ON_PAPER, way(round(SECONDS * A_SECOND)))):
            page.mouse.move(*place)
            if k == 0:
                page.mouse.down()
            page.evaluate(HAND, place)
            page.evaluate(DRAWN)
            yield Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("RGB")
        page.mouse.up()


def draw():
    with running() as browser:
        first, *rest = frames(browser, labs.race().html())
    first.save(TARGET, save_all=True, append_images=rest, duration=round(1000 / A_SECOND), loop=1, quality=72, method=6)


if __name__ == "__main__":
    draw()
