/* A notebook, where anywidget calls `render`. */

import { mount } from "./mount.js";

function notebookHost(model) {
  return {
    kernel: true,
    get: (name) => model.get(name),
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
  model.on("change:answered", () => inTurn(() => el.liveFigure.takeAnswer()));
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
