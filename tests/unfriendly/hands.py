"""Hands that know no mercy: all sliders to both ends at speed, clicks between them, events by chance."""

import random
import time

KEYS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End", " ", "[", "]"]

# Every slider, step slider and number box to both ends, many times, in each frame another.
SWEEP = """(rounds) => (window.sweeping = (async () => {
    for (let round = 0; round < rounds; round++)
        for (const box of document.querySelectorAll(".live-figure input[type=range]")) {
            box.value = round % 2 ? box.max : box.min;
            box.dispatchEvent(new Event("input", { bubbles: true }));
            await new Promise((done) => requestAnimationFrame(done));
        }
})())"""


def sweep_and_click(page, rounds=8, clicks=2):
    """Sliders go from end to end while the picture is clicked; wait until all is drawn."""
    page.evaluate(f"() => {{ ({SWEEP})({rounds}); }}")
    # JupyterLab shows what is near the window, and nothing of folded sections: only that can be clicked.
    first = "(pads) => pads.find((pad) => pad.checkVisibility())?.scrollIntoView({ block: 'center' })"
    page.locator(".live-pad").evaluate_all(first)
    pads = page.locator(".live-pad:visible")
    for k in range(min(clicks * pads.count(), 6)):
        pad = pads.nth(k % pads.count())
        pad.scroll_into_view_if_needed()
        place = pad.bounding_box()
        page.mouse.click(place["x"] + (0.2 + 0.15 * k % 0.6) * place["width"], place["y"] + 0.4 * place["height"])
    page.evaluate("() => window.sweeping")


def play_by_chance(page, seconds, seed, every=20):
    """Random pointer and key events in the first live figure: [(seconds, MB of JavaScript objects)]."""
    chance, client = random.Random(seed), page.context.new_cdp_session(page)
    figure = page.locator(".live-figure").first
    figure.scroll_into_view_if_needed()
    began, curve = time.monotonic(), [(0.0, heap(client))]
    while (now := time.monotonic() - began) < seconds:
        if now > curve[-1][0] + every:
            curve.append((round(now, 1), heap(client)))
        one_event(page, figure.bounding_box(), chance)
    page.mouse.up()
    page.wait_for_timeout(1000)
    return [*curve, (round(time.monotonic() - began, 1), heap(client))]


def one_event(page, place, chance):
    height = min(place["height"], 700)
    at = [place["x"] + chance.random() * place["width"], place["y"] + chance.random() * height]
    kind = chance.choice(["click", "drag", "drag", "key", "key", "slide"])
    if kind == "click":
        page.mouse.click(*at)
    elif kind == "drag":
        page.mouse.move(*at)
        page.mouse.down()
        page.mouse.move(place["x"] + chance.random() * place["width"], place["y"] + chance.random() * height, steps=6)
        page.mouse.up()
    elif kind == "slide":
        page.evaluate(
            """([which, part]) => {
                const boxes = document.querySelectorAll(".live-figure input[type=range]");
                const box = boxes[Math.floor(which * boxes.length)];
                box.focus({ preventScroll: true });
                box.value = Math.round(part * box.max);
                box.dispatchEvent(new Event("input", { bubbles: true }));
            }""",
            [chance.random(), chance.random()],
        )
    else:  # only to the figure: elsewhere keys are JupyterLab's
        inside = page.evaluate("() => Boolean(document.activeElement?.closest('.live-figure'))")
        if inside:
            page.keyboard.press(chance.choice(KEYS))


def heap(client):
    """MB of JavaScript objects that are still in use."""
    client.send("HeapProfiler.collectGarbage")
    return round(client.send("Runtime.getHeapUsage")["usedSize"] / 1e6, 1)


def levels_off(curve):
    """Whether the second half of a curve of memory rises by less than a tenth, or 4 MB."""
    half = curve[len(curve) // 2 :]
    rise = half[-1][1] - min(mb for _, mb in half)
    return rise < max(4, 0.1 * half[0][1])
