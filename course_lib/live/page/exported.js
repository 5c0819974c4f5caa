/* An exported page, which calls `mountExported`. */

import { mount } from "./mount.js";
import { unpackJson } from "./table.js";

export function mountExported(name, data) {
  const roots = [...document.querySelectorAll(`[data-figure="${name}"]:not([data-live])`)]; // two cells may show the same
  return Promise.all(roots.map((root) => mountOne(root, data)));
}

function mountOne(root, data) {
  root.dataset.live = "";
  return mount(root, exportedHost(data));
}

async function exportedHost(data) {
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const { spec, settings, frame, others } = await unpackJson(bytes(data.about));
  return {
    kernel: false,
    spec,
    settings,
    others, // what it has beside what it begins with
    table: () => bytes(data.table),
    programs: () => bytes(data.programs),
    tableOf: (key) => bytes(data.tables[key] ?? ""),
    atlas: () => bytes(data.atlas),
    pictures: () => ({ frame, below: bytes(data.below), above: bytes(data.above) }),
    save() {},
  };
}
