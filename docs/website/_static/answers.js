// Exercises answered in the page, and what is done kept in the browser. Everything an exercise says is data (COURSE, made
// by scripts/website/answers.py): nothing here knows an exercise.

const courseAnswers = (() => {
  const KEPT = "course-progress"; // in the browser, as in the file course-progress.json

  // ---- Reading and judging -------------------------------------------------------------------------------------------

  // The number that a text means, or the sentence that puts it back; the rules are those of course_lib/checks/typed.py.
  function read(text) {
    const { rules, unclear, number, wanted, ambiguous } = COURSE.typed;
    let plain = text.slice(0, 100).toLowerCase();
    for (const [pattern, by] of rules) plain = plain.replace(new RegExp(pattern, "g"), by);
    const parts = plain.replace(/%$/, "").split("/");
    const put = (sentence) => ({ says: sentence.replace("{typed}", () => `'${text.slice(0, 300)}'`) });
    if (parts.some((part) => new RegExp(unclear).test(part))) return put(ambiguous);
    const [top, bottom = 1] = parts.map((part) => Number(part.replace(",", ".")));
    const value = (top / bottom) * (plain.endsWith("%") ? 0.01 : 1);
    const clear = parts.length < 3 && text.length <= 100 && parts.every((part) => new RegExp(number).test(part));
    return clear && Number.isFinite(value) ? { value } : put(wanted);
  }

  // A number as Python writes it in six digits.
  function written(number) {
    const trimmed = (digits) => (digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits);
    const [digits, power] = number.toExponential(5).split("e");
    if (power >= -4 && power < 6) return trimmed(number.toPrecision(6));
    return `${trimmed(digits)}e${power[0]}${power.slice(1).padStart(2, "0")}`;
  }

  // What an exercise says to an answer: a text where it wants a number, a letter, or a list of letters.
  function judge(name, answer) {
    const exercise = COURSE.exercises[name];
    const filled = (feedback, with_) => ({ ...feedback, says: feedback.says.replace("{number}", () => with_) });
    if (exercise.kind === "choice") return exercise.letters[answer] ?? exercise.empty;
    if (exercise.kind === "letters") {
      const rows = answer.map((letter, k) => exercise.questions[k][letter]);
      const among = (of) => of.filter(([, , sign]) => sign === COURSE.verdicts.right[0]).length;
      const right = among(rows);
      const feedback = (right === rows.length && exercise.all) || filled(exercise.some, right);
      const grouped = exercise.groups?.map((group) => group.rows[among(group.of.map((k) => rows[k]))]);
      const diagnostic = grouped && { right, of: rows.length, answers: answer.join("") };
      return { ...feedback, table: [exercise.head, ...(grouped ?? rows)], keeps: grouped ? { solved: [], diagnostic } : null };
    }
    if (!answer.trim()) return exercise.empty;
    const { value, says } = read(answer);
    if (says) return { verdict: "trouble", says };
    return filled(exercise.regions.find(([last]) => last === null || value <= last)[1], written(value));
  }

  // ---- What is kept --------------------------------------------------------------------------------------------------

  const readable = (kept) => Array.isArray(kept?.solved) && kept.solved.every((name) => typeof name === "string");

  function kept() {
    try {
      const found = JSON.parse(localStorage.getItem(KEPT));
      return readable(found) ? found : { solved: [] };
    } catch {
      return { solved: [] };
    }
  }

  // Keep what another record holds, too; false where the browser keeps nothing.
  function keep(more) {
    const before = kept();
    try {
      const solved = [...new Set([...before.solved, ...more.solved])];
      localStorage.setItem(KEPT, JSON.stringify({ ...more, ...before, solved }));
      return true;
    } catch {
      return false;
    }
  }

  // ---- Building what is seen -----------------------------------------------------------------------------------------

  function make(tag, properties = {}, ...children) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  }

  // Text in which `code` between backquotes is set as code.
  const prose = (text) => text.split("`").map((piece, k) => (k % 2 ? make("code", {}, piece) : piece));

  function table(rows) {
    const line = (cells, tag) => make("tr", {}, ...cells.map((cell) => make(tag, {}, ...prose(cell))));
    const [head, ...body] = rows;
    return make("table", {}, line(head, "th"), ...body.map((cells) => line(cells, "td")));
  }

  function shown(feedback) {
    const [sign, word, colour] = COURSE.verdicts[feedback.verdict];
    const box = make("div", { className: "course-says" }, make("strong", {}, `${sign} ${word}`), " ", ...prose(feedback.says));
    box.style.borderColor = colour;
    if (feedback.table) box.append(table(feedback.table));
    if (feedback.more)
      box.append(make("details", {}, make("summary", {}, "Which mistake is it?"), make("p", {}, ...prose(feedback.more))));
    return box;
  }

  // One letter of a few, as buttons of which one can be on.
  function choice(legend, letters, name, on) {
    const buttons = letters.map((value) =>
      make("label", {}, make("input", { type: "radio", name, value, checked: value === on }), make("span", {}, value)),
    );
    const open = letters.includes(COURSE.open) && buttons.at(-1).firstChild;
    if (open) open.ariaLabel = "I do not know";
    return make("fieldset", {}, make("legend", {}, legend), ...buttons);
  }

  // The controls of a question, and how to ask them for the answer.
  function controls(name, exercise) {
    const on = (group) => group.querySelector(":checked")?.value;
    if (exercise.kind === "letters") {
      const groups = exercise.questions.map((letters, k) =>
        choice(`${k + 1}.`, Object.keys(letters), `${name}-${k}`, COURSE.open),
      );
      groups.forEach((group, k) => (group.ariaLabel = `Question ${k + 1}`));
      return [groups, () => groups.map(on)];
    }
    if (exercise.kind === "choice") {
      const group = choice("Your answer", Object.keys(exercise.letters), name);
      return [[group], () => on(group)];
    }
    const box = make("input", { type: "text", autocomplete: "off", spellcheck: false });
    return [[make("label", {}, "Your answer ", box)], () => box.value];
  }

  function build(place) {
    const name = place.dataset.exercise;
    const exercise = COURSE.exercises[name];
    const [parts, answer] = controls(name, exercise);
    const done = make("span", { className: "course-done" }, kept().solved.includes(name) ? "✓ done" : "");
    const said = make("div", { ariaLive: "polite" });
    const form = make("form", { ariaLabel: exercise.title }, ...parts, make("button", {}, "Check"), done);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const feedback = judge(name, answer());
      const solved = ["right", "told"].includes(feedback.verdict);
      const lost = solved && !keep(feedback.keeps ?? { solved: [name] }) ? " (This browser keeps no progress.)" : "";
      if (solved) done.textContent = "✓ done";
      said.replaceChildren(shown({ ...feedback, says: feedback.says + lost }));
    });
    place.replaceChildren(form, said);
    // The cells that would hold the answer in a notebook.
    for (let cell = place.previousElementSibling; cell?.matches(".tag_check, .tag_stub"); cell = cell.previousElementSibling)
      cell.hidden = true;
  }

  // ---- The landing page ----------------------------------------------------------------------------------------------

  function save() {
    const text = `${JSON.stringify(kept(), null, 1)}\n`;
    const href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    make("a", { href, download: `${KEPT}.json` }).click();
    setTimeout(() => URL.revokeObjectURL(href), 10000);
  }

  async function bringBack(file, said) {
    const found = await file.text().then(JSON.parse).catch(() => null);
    if (!readable(found)) return `${file.name} is no progress that was saved here or in a notebook.`;
    if (!keep(found)) return "This browser keeps no progress.";
    return found.solved.length === 1 ? "1 exercise brought back." : `${found.solved.length} exercises brought back.`;
  }

  function overview(place) {
    const solved = new Set(kept().solved);
    const all = COURSE.lessons.flatMap(({ exercises, page, title: lesson }) =>
      exercises.map(([name, title]) => ({ name, title, page, lesson })),
    );
    const left = all.filter(({ name }) => !solved.has(name));
    const [next] = left;
    const then = next ? ["Next: ", make("a", { href: next.page }, next.title), `, in ${next.lesson}.`] : ["All of them: well done."];
    const disk = location.protocol === "file:" ? " (Opened from disk, some browsers keep a record for each page.)" : "";
    const rows = COURSE.lessons.map(({ title, page, exercises }) => {
      const done = exercises.filter(([name]) => solved.has(name)).length;
      const link = make("a", { href: page }, title);
      return make("tr", {}, make("td", {}, link), make("td", {}, `${done} of ${exercises.length}`));
    });
    const head = make("tr", {}, make("th", {}, "lesson"), make("th", {}, "exercises done"));
    const said = make("p", { ariaLive: "polite" });
    const file = make("input", { type: "file", accept: ".json,application/json" });
    file.addEventListener("change", async () => {
      const sentence = await bringBack(file.files[0]);
      overview(place);
      place.querySelector("[aria-live]").textContent = sentence;
    });
    place.replaceChildren(
      make("p", {}, `${all.length - left.length} of ${all.length} exercises done in this browser. `, ...then, disk),
      make("table", {}, head, ...rows),
      make("button", { type: "button", onclick: save }, "Save to a file"),
      make("label", { className: "course-file" }, "Bring back from a file ", file),
      said,
    );
  }

  function start() {
    document.querySelectorAll(".course-answer").forEach(build);
    document.querySelectorAll(".course-progress").forEach(overview);
  }
  document.addEventListener("DOMContentLoaded", start);
  // Something may have been solved since, in another window or on the page one comes back from.
  for (const event of ["storage", "pageshow"])
    addEventListener(event, () => document.querySelectorAll(".course-progress").forEach(overview));

  return { judge, read };
})();
