"""The report: what the class got wrong. What it tells is found here, how it looks stands in report.html.jinja, which
escapes all that learners wrote."""

import datetime
import re
from collections import Counter
from pathlib import Path
from statistics import median

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ..checks import TITLES, exercises, quiz
from ..checks.feedback import Feedback, prose
from ..formulas import plain
from .tables import GOOD, WORDS, earned

SIGNS = {"right": "✓", "told": "→", "wrong": "✗", "trouble": "!", "empty": "…"}
IN_FULL = WORDS | {"trouble": "could not be checked"}
# What is a learner's own in a sentence, and keeps it from being the same as another learner's.
OWN = re.compile(
    r"^You (?:wrote|chose) [^\s]+?[:.] |^It catches \d+ of \d+ broken versions\. For example: | in the line `[^`]*`"
)
GUESS = re.compile(r"^(?:Your guess is noted: )?(\S+|\d+ of 10)\. ")  # or how many of the ten questions
OPTION = re.compile(r"^- \*\*([a-d])\*\*: (.+)$", re.MULTILINE)
HERE = Path(__file__).parent
PAGES = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined)
PAGES.filters["prose"] = lambda text: Markup(prose(text))
PAGES.filters["feedback"] = lambda answer: Markup(_shown(answer))


def page(rows: list, tasks: list, points: dict[str, float], anonymous: bool) -> str:
    """The report: one page of HTML that needs nothing else, and runs nothing."""
    graded = [row for row in rows if row.answers]
    questions = [question(graded, task) for task in tasks]
    titles = {0: "00 Outline", **TITLES}
    return PAGES.get_template("report.html.jinja").render(
        titles=", ".join(titles[lesson] for lesson in sorted({task.lesson for task in tasks})) or "no lesson",
        css=Markup((HERE / "report.css").read_text(encoding="utf-8")),
        date=f"{datetime.date.today():%d %B %Y}".lstrip("0"),
        numbers=_numbers(graded, questions),
        graded=graded,
        questions=questions,
        talk=_most_made(questions),
        help=_in_need(graded),
        files=[(row.name if anonymous else file, said) for row in rows for file, said in row.remarks],
        earned=lambda row: f"{earned(row, points):g} of {sum(points[name] for name in row.answers):g}",
        words=WORDS,
        signs=SIGNS,
        in_full=IN_FULL,
        key=", ".join(f"{SIGNS[verdict]} {words}" for verdict, words in IN_FULL.items()),
    )


def question(rows, task) -> dict:
    """What the report tells of an exercise; tally: verdict -> of how many."""
    answers = [row.answers[task.name] for row in rows if task.name in row.answers]
    written, options = isinstance(task.check, exercises.Text), _options(task, rows)
    return {
        "name": task.name,
        "title": task.title,
        "stars": task.stars,
        "guess": not task.stars or (task.check.guess and not written),
        "of": len(answers),
        "tally": Counter(answer["verdict"] for answer in answers),
        "mistakes": _made(rows, task, options),
        "guesses": _guesses(answers, options),
        "texts": [answer["text"] for answer in answers if written and answer["text"]],
    }


def _made(rows, task, options):
    """The mistakes in an exercise, the most frequent first: (verdict, name, what was said) -> who made it."""
    found = {}
    for row in rows:
        answer = row.answers.get(task.name, {})
        if answer.get("verdict") in ("wrong", "trouble"):
            for name, said in mistakes(task, answer, options):
                found.setdefault((answer["verdict"], name, said), []).append(row.name)
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))


def mistakes(task, answer, options):
    """(name, what was said of it) of each mistake in an answer, in words that are the same for all who made it."""
    said = OWN.sub("", answer["says"])
    if answer["verdict"] == "trouble":
        return [(said, "")]
    if isinstance(task.check, quiz.Round):
        wrong = [row for row in answer["table"] if row[2] == "✗"]
        return [(f"Question {k}, {letter}: {_asked(task, k, letter)}", why) for k, letter, _, why in wrong]
    if isinstance(task.check, exercises.Choice):
        letter = answer["says"].removeprefix("You chose ")[:1]
        return [(f"{letter}: {options.get(letter, '')}", said)]
    return [(answer["more"], said)] if answer["more"] else [(said[:1].upper() + said[1:], "")]


def _asked(task, k, letter):
    return plain(task.check.questions[int(k) - 1].options[letter][0])


def _options(task, rows):
    """The words of a choice's options, letter by letter, as most of the notebooks have them above the answer."""
    found = Counter()
    for row in rows if isinstance(task.check, exercises.Choice) else ():
        for k, text in enumerate(row.texts):
            if re.search(rf"^{task.name} *=", text, re.MULTILINE):
                above = [OPTION.findall(earlier) for earlier in row.texts[max(0, k - 3) : k]]
                found.update(tuple(letters) for letters in above[-1:] if letters)
    return dict(found.most_common(1)[0][0]) if found else {}


def _guesses(answers, options):
    """(guess, how many, of how many), for each option, in their order; of numbers, the most frequent."""
    guesses = Counter(dict.fromkeys(options, 0))
    for answer in answers:
        guesses.update(GUESS.findall(answer["says"]))
    of = guesses.total()
    shown = sorted(guesses.items()) if options else guesses.most_common(8)
    others = of - sum(count for _, count in shown)
    shown += [("other guesses", others)] if others else []
    told = [(f"{guess}: {options[guess]}" if guess in options else guess, count, of) for guess, count in shown]
    return told if of else []


def _numbers(rows, questions):
    """(number, words) of the cards at the top."""
    judged = sum((question["tally"] for question in questions if question["stars"]), Counter())
    of = judged["right"] + judged["wrong"] + judged["trouble"]
    return [
        (len(rows), "learners"),
        (len(questions), "questions"),
        (f"{judged['right'] / of:.0%}" if of else "none", "of the answers that could be judged are right"),
        (
            f"{median(row.count(*GOOD) for row in rows):g}" if rows else "0",
            "answers right or noted: the median of the class",
        ),
        (judged["empty"], "left empty"),
        (judged["trouble"], "could not be checked"),
    ]


def _most_made(questions):
    """What to talk about: (question, name, what was said, how many) of the mistakes that most learners made."""
    every = [
        (question, name, said, len(who))
        for question in questions
        for (verdict, name, said), who in question["mistakes"].items()
        if verdict == "wrong" and len(who) > 1
    ]
    return sorted(every, key=lambda one: -one[3] / one[0]["of"])[:6]


def _in_need(rows):
    """(row, why) of those who have more wrong than right, or half of all left empty."""
    found = []
    for row in sorted(rows, key=lambda row: (row.count(*GOOD), row.name)):
        good, bad, empty = row.count(*GOOD), row.count("wrong", "trouble"), row.count("empty")
        if bad > good or empty > len(row.answers) / 2:
            why = "more wrong than right" if bad > good else "mostly empty"
            found.append((row, f"{why}: {good} right or noted, {bad} wrong or in trouble, {empty} empty"))
    return found


def _shown(answer):
    """What an answer earned, in the words the learner would have seen."""
    parts = ("verdict", "says", "case", "rows", "more", "table", "code")
    return Feedback(**{name: answer[name] for name in parts})._repr_mimebundle_()["text/html"]
