/* Who shows a figure: a notebook, where anywidget calls `render`, or an exported page, which calls `mountExported`.
 *
 * They differ only in where table and settings come from, and whether a kernel can be asked.
 */

import { element } from "./elements.js";
import { Figure } from "./figure.js";
import { unpackJson } from "./table.js";

const OLD = "This browser is too old to move this figure; one of 2023 or newer can.";

/* Start a figure; whatever fails is said in its place, under the picture that an exported page has there. */
async function mount(root, host) {
  const say = (text) => root.append(element("p", { className: "live-error", textContent: text }));
  try {
    root.liveFigure = new Figure(root, await host); // for render, tests and slide decks
    await root.liveFigure.start();
  } catch (error) {
    say("DecompressionStream" in window ? `This figure cannot be shown here: ${error}` : OLD);
    throw error;
  }
}

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

function notebookHost(model) {
  return {
    kernel: true,
    spec: model.get("spec"),
    settings: model.get("settings"),
    table: () => model.get("table"),
    programs: () => model.get("programs"),
    pictures: () => ({ frame: model.get("frame"), below: model.get("below"), above: model.get("above") }),
    save(settings) {
      model.set("settings", settings);
      try {
        model.save_changes();
      } catch {
        // There is no kernel any more, so nobody to tell; the page goes on by itself.
      }
    },
    ask(content) {
      this.save(content.settings); // else the echo of what was saved before would count as the newest
      model.send(content);
    },
  };
}

async function render({ model, el }) {
  const mounting = mount(el, notebookHost(model));
  let queue = mounting.catch(() => {}); // unpacking takes time; answers are shown in the order they came
  const inTurn = (act) => {
    queue = queue.then(act).catch((error) => {
      el.liveFigure.messages?.showError(String(error.stack ?? error));
      reportError(error); // and the next answer is taken all the same
    });
  };
  // Heard from now on: what comes while the figure is being built is shown after it.
  model.on("change:version", () => inTurn(() => el.liveFigure.takeAnswer()));
  model.on("change:error", () => inTurn(() => el.liveFigure.messages?.showError(model.get("error"))));
  // After what it has brought.
  model.on("msg:custom", (content) => content.done && inTurn(() => el.liveFigure.requests.done(content.done)));
  await mounting;
  const figure = el.liveFigure;
  const follow = () => {
    if (JSON.stringify(model.get("settings")) !== JSON.stringify(figure.settings)) figure.follow(model.get("settings"));
  };
  follow();
  model.on("change:settings", follow);
  return () => figure.remove();
}

export default { render };
