/* Which part of a figure knows a key. */

const KEYS = new WeakMap(); // element -> what it does with a key: true if it knew it
const STEPS = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 };

export function onKey(node, act) {
  KEYS.set(node, act);
}

/* A number box goes up and down the steps of its slider. */
export function stepByKey(box, move) {
  onKey(box, ({ key }) => {
    if (key in STEPS) move(STEPS[key]);
    return key in STEPS;
  });
}

/* Keys pressed in a figure belong to it. Notebooks and slides take theirs in the capture phase of the document
 * (Notebook 7 moves to the next cell on an arrow key in a slider), so ours are taken one place earlier. */
export function takeKeys(root, otherwise, signal) {
  const listen = (event) => {
    const isShortcut = event.ctrlKey || event.metaKey || event.altKey || event.key === "Escape";
    const runsCell = event.key === "Enter" && event.shiftKey;
    if (!root.contains(event.target) || isShortcut || runsCell) return;
    event.stopPropagation();
    if (KEYS.get(event.target)?.(event) || otherwise(event)) event.preventDefault();
  };
  window.addEventListener("keydown", listen, { capture: true, signal });
}
