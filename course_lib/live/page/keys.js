/* Which part of a figure knows a key. */

const KEYS = new WeakMap(); // element -> what it does with a key: true if it knew it
const STEPS = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 };

export function onKey(node, act) {
  KEYS.set(node, act);
}

/* A number box goes up and down the steps of its slider, and drops what was typed on the way out. */
export function stepByKey(box, { moveBy, putBack }) {
  onKey(box, ({ key }) => {
    if (key in STEPS || key === "Escape") putBack();
    if (key in STEPS) moveBy(STEPS[key]);
    return key in STEPS;
  });
}

/* Keys pressed in a figure belong to it. Notebooks and slides take theirs in the capture phase of the document
 * (Notebook 7 moves to the next cell on an arrow key in a slider), so ours are taken one place earlier. */
export function takeKeys(root, otherwise, signal) {
  const listen = (event) => {
    const isShortcut = event.ctrlKey || event.metaKey || event.altKey;
    const runsCell = event.key === "Enter" && event.shiftKey;
    if (!root.contains(event.target) || isShortcut || runsCell) return;
    const known = KEYS.get(event.target)?.(event);
    if (event.key === "Escape") return leave(root, event.target); // and whoever else waits for it hears it, too
    event.stopPropagation();
    if (known || otherwise(event)) event.preventDefault();
  };
  window.addEventListener("keydown", listen, { capture: true, signal });
}

/* To what the figure stands in, a notebook's cell say, so that the next keys are for that. */
function leave(root, focused) {
  focused.blur();
  root.parentElement?.closest("[tabindex]")?.focus({ preventScroll: true });
}
