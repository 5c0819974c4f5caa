/* Elements of the page. All texts go in as text, never as markup. */

export function element(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

function svgElement(tag, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

export function button(text, act, properties = {}) {
  const node = element("button", { type: "button", textContent: text, ...properties });
  node.addEventListener("click", act);
  return node;
}

/* A short piece of a line as it is drawn, so that words and lines belong together without colour. */
export function sample(line) {
  const look = {
    stroke: line.color ?? "none",
    "stroke-width": line.width,
    "stroke-dasharray": line.dashes.join(" "),
    "stroke-linecap": line.cap,
  };
  const picture = svgElement(
    "svg",
    { class: "live-sample", viewBox: "0 0 46 16", "aria-hidden": "true" },
    svgElement("path", { d: "M5 8H41", ...look }),
  );
  if (line.marker)
    picture.append(
      svgElement("path", {
        d: line.marker.path,
        transform: "translate(23 8)",
        fill: line.marker.face ?? "none",
        stroke: line.marker.edge ?? "none",
        "stroke-width": line.marker.width,
      }),
    );
  return picture;
}

export function bitmap(webp) {
  return createImageBitmap(new Blob([webp], { type: "image/webp" }));
}

/* Call `changed` whenever a canvas gets more or fewer pixels: another size, zoom, or a denser screen. */
export function watchPixels(canvas, changed, signal) {
  const size = new ResizeObserver(changed);
  size.observe(canvas);
  signal.addEventListener("abort", () => size.disconnect());
  const watchDensity = () => {
    if (signal.aborted) return;
    const present = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    const denser = () => {
      changed();
      watchDensity(); // the question was about the density there was
    };
    present.addEventListener("change", denser, { once: true, signal });
  };
  watchDensity();
}
