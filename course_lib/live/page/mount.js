/* Start a figure in its place, whoever shows it: `notebook` or `exported`. These differ only in where table and settings
 * come from, and whether a kernel can be asked.
 */

import { element } from "./elements.js";
import { Figure } from "./figure.js";

const OLD = "This browser is too old to move this figure; one of 2023 or newer can.";

/* Whatever fails is said in its place, under the picture that an exported page has there. */
export async function mount(root, host) {
  const say = (text) => root.append(element("p", { className: "live-error", textContent: text }));
  try {
    root.liveFigure = new Figure(root, await host); // for render, tests and slide decks
    await root.liveFigure.start();
  } catch (error) {
    say("DecompressionStream" in window ? `This figure cannot be shown here: ${error}` : OLD);
    throw error;
  }
}
