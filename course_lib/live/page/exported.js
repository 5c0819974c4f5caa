/* An exported page, which calls `mountExported`. */

import { mount } from "./mount.js";
import { bytesOf, unpackJson } from "./table.js";

export function mountExported(name, data) {
  const roots = [...document.querySelectorAll(`[data-figure="${name}"]:not([data-live])`)]; // two cells may show the same
  return Promise.all(roots.map((root) => mountOne(root, data)));
}

function mountOne(root, data) {
  root.dataset.live = "";
  return mount(root, exportedHost(data));
}

async function exportedHost(data) {
  const about = await unpackJson(bytesOf(data.about));
  return { kernel: false, get: (name) => about[name] ?? bytesOf(data[name]), save() {} };
}
