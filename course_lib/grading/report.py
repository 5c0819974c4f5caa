"""The report: what the class got wrong, as one page of HTML. All that learners wrote goes through `escape`."""

import datetime
import re
from collections import Counter
from html import escape
from pathlib import Path
from statistics import median

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
CSS = Path(__file__).with_name("report.css")


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


def page(rows: list, tasks: list, points: dict[str, float], anonymous: bool) -> str:
    """The report: one page of HTML that needs nothing else, and runs nothing."""
    graded = [row for row in rows if row.answers]
    made = {task.name: _made(graded, task) for task in tasks}
    parts = [
        _head(graded, tasks),
        _most_made(graded, tasks, made),
        _glance(graded, tasks),
        _exercises(graded, tasks, made),
        _guesses(graded, tasks, made),
        _help(graded),
        _learners(graded, tasks, points),
        _files(rows, anonymous),
    ]
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<meta charset="utf-8">\n<title>Report: {_titles(tasks)}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<style>\n{CSS.read_text(encoding='utf-8')}</style>\n<main>\n{''.join(parts)}</main>\n</html>\n"
    )


def _made(rows, task):
    """The mistakes in an exercise, the most frequent first: (verdict, name, what was said) -> who made it."""
    options, found = _options(task, rows), {}
    for row in rows:
        answer = row.answers.get(task.name, {})
        if answer.get("verdict") in ("wrong", "trouble"):
            for name, said in mistakes(task, answer, options):
                found.setdefault((answer["verdict"], name, said), []).append(row.name)
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))


def _titles(tasks):
    titles = {0: "00 Outline", **TITLES}
    return ", ".join(escape(titles[lesson]) for lesson in sorted({task.lesson for task in tasks})) or "no lesson"


def _tally(rows, task):
    """How many answers to an exercise earned each verdict."""
    return Counter(row.answers[task.name]["verdict"] for row in rows if task.name in row.answers)


def _section(anchor, title, lead, content):
    """A part of the page, left out where it has nothing to show."""
    body = f'<h2 id="{anchor}-title">{title}</h2>\n<p class="lead">{lead}</p>\n{content}\n'
    return f'<section id="{anchor}" aria-labelledby="{anchor}-title">\n{body}</section>\n' if content else ""


def _bar(share, kind="wrong"):
    """A bar for the eye alone: the number always stands beside it."""
    fill = f'<span class="fill {kind}" style="width:{100 * share:.1f}%"></span>' if share else ""
    return f'<span class="track" aria-hidden="true">{fill}</span>'


def _wide(name, table):
    """A table that is moved sideways, by keys too, where the screen is narrow."""
    return (
        f'<div class="wide" tabindex="0" role="group" aria-label="table"><table class="{name}">{table}</table></div>\n'
    )


def _mistake(name, said, count, of, kind, more=""):
    said = f'<span class="said">{prose(said)}</span>' if said else ""
    number = f'<span class="count"><b>{count}</b> of {of}</span>'
    return f'<li>{number}<div><span class="name">{prose(name)}</span>{said}{more}</div>{_bar(count / of, kind)}</li>'


def _head(rows, tasks):
    stars = [task for task in tasks if task.stars]
    checked = sum((_tally(rows, task) for task in stars), Counter())
    judged = checked["right"] + checked["wrong"] + checked["trouble"]
    right = f"{checked['right'] / judged:.0%}" if judged else "none"
    done = f"{median(row.count('right', 'told') for row in rows):g}" if rows else "0"
    numbers = [
        (len(rows), "learners"),
        (len(tasks), "questions"),
        (right, "of the answers that could be judged are right"),
        (done, "answers right or noted: the median of the class"),
        (checked["empty"], "left empty"),
        (checked["trouble"], "could not be checked"),
    ]
    cards = "".join(f"<div><dt>{words}</dt><dd>{number}</dd></div>" for number, words in numbers)
    date = f"{datetime.date.today():%d %B %Y}".lstrip("0")
    title = f"<h1>{_titles(tasks)}: what the class made of it</h1>"
    above = f'<p class="course">Momentum in Machine Learning · {date}</p>'
    return f'<header>{above}\n{title}\n<dl class="numbers">{cards}</dl></header>\n'


def _most_made(rows, tasks, made):
    """What to talk about: the mistakes that most learners made, of all exercises."""
    every = [
        (len(who), sum(_tally(rows, task).values()), task, name, said)
        for task in tasks
        for (verdict, name, said), who in made[task.name].items()
        if verdict == "wrong" and len(who) > 1
    ]
    top = sorted(every, key=lambda one: -one[0] / one[1])[:6]
    items = "".join(
        _mistake(name, said, count, of, "wrong", f'<a href="#{task.name}">{escape(task.title)}</a>')
        for count, of, task, name, said in top
    )
    lead = "The mistakes that most learners made, by the names that the lesson has for them."
    return _section("talk", "What to talk about", lead, f'<ol class="mistakes">{items}</ol>' if items else "")


def _glance(rows, tasks):
    lines = []
    for task in tasks:
        tally = _tally(rows, task)
        of = sum(tally.values())
        bar = "".join(
            f'<span class="fill {verdict}" style="width:{100 * tally[verdict] / of:.2f}%"></span>'
            for verdict in WORDS
            if tally[verdict]
        )
        cells = "".join(f'<td class="{"none" if not tally[v] else ""}">{tally[v]}</td>' for v in WORDS)
        stars = f'<span class="stars" aria-label="{task.stars} stars">{"★" * task.stars}</span>' if task.stars else ""
        lines.append(
            f'<tr><th scope="row"><a href="#{task.name}">{escape(task.title)}</a> {stars}</th>'
            f'<td class="bar" aria-hidden="true"><span class="track whole">{bar}</span></td>{cells}</tr>'
        )
    heads = "".join(
        f'<th scope="col"><span class="key {verdict}" aria-hidden="true"></span> {words}</th>'
        for verdict, words in IN_FULL.items()
    )
    table = f'<thead><tr><th scope="col">question</th><td></td>{heads}</tr></thead><tbody>{"".join(lines)}</tbody>'
    lead = "All questions, in the order of the lesson. A guess and a few sentences are noted, not judged."
    return _section("glance", "At a glance", lead, _wide("glance", table))


def _exercises(rows, tasks, made):
    parts = []
    for task in tasks:
        if not _is_guess(task):
            items = (_written(rows, task) + _items(rows, task, made)) or "<li>No mistakes.</li>"
            tally = _tally(rows, task)
            right = f"{tally['right'] + tally['told']} of {sum(tally.values())} {'noted' if tally['told'] else 'right'}"
            parts.append(_article(task, items, f' <span class="right-of">{right}</span>'))
    lead = "Which mistakes were made in each, and by how many. Below a name stands what the check said to them."
    return _section("exercises", "Exercise by exercise", lead, "".join(parts))


def _written(rows, task):
    """What all wrote, where sentences were asked for: nobody but the lecturer judges them."""
    if not isinstance(task.check, exercises.Text):
        return ""
    answers = [row.answers[task.name]["text"] for row in rows if task.name in row.answers]
    quotes = "".join(f"<blockquote>{escape(text)}</blockquote>" for text in answers if text)
    return f"<li><details><summary>what they wrote</summary>{quotes}</details></li>" if quotes else ""


def _items(rows, task, made):
    of = sum(_tally(rows, task).values())
    return "".join(
        _mistake(
            name, said, len(who), of, verdict, f"<details><summary>who</summary>{escape(', '.join(who))}</details>"
        )
        for (verdict, name, said), who in made[task.name].items()
    )


def _article(task, items, beside=""):
    title = f"<h3>{escape(task.title)}{beside}</h3>"
    return f'<article id="{task.name}">{title}<ul class="mistakes">{items}</ul></article>'


def _is_guess(task):
    return not task.stars or (task.check.guess and not isinstance(task.check, exercises.Text))


def _guesses(rows, tasks, made):
    """A bar for each option, in their order; of numbers, for the most frequent."""
    parts = []
    for task in filter(_is_guess, tasks):
        options = _options(task, rows)
        guesses = Counter(dict.fromkeys(options, 0))
        for row in rows:
            guesses.update(GUESS.findall(row.answers.get(task.name, {}).get("says", "")))
        of = sum(guesses.values())
        shown = sorted(guesses.items()) if options else guesses.most_common(8)
        items = "".join(
            _mistake(f"{guess}: {options[guess]}" if guess in options else guess, "", count, of, "told")
            for guess, count in shown
            if of
        )
        others = of - sum(count for _, count in shown)
        items += _mistake("other guesses", "", others, of, "told") if others else ""
        parts.append(_article(task, (items + _items(rows, task, made)) or "<li>No guesses.</li>"))
    return _section("guesses", "What they predicted", "Guesses, before the lesson showed the answer.", "".join(parts))


def _help(rows):
    """Who has more wrong than right, or half of all left empty."""
    items = []
    for row in sorted(rows, key=lambda row: (row.count(*GOOD), row.name)):
        good, bad, empty = row.count(*GOOD), row.count("wrong", "trouble"), row.count("empty")
        if bad > good or empty > len(row.answers) / 2:
            why = "more wrong than right" if bad > good else "mostly empty"
            counts = f"{good} right or noted, {bad} wrong or in trouble, {empty} empty"
            items.append(
                f'<li><a href="#{row.anchor}">{escape(row.name)}</a> <span class="said">{why}: {counts}</span></li>'
            )
    lead = f"{len(items)} of {len(rows)} have more wrong than right, or left more than half empty."
    return _section("help", "Who needs help", lead, f'<ul class="people">{"".join(items)}</ul>' if items else "")


def _learners(rows, tasks, points):
    lines, details = [], []
    for row in rows:
        cells = []
        for task in tasks:
            verdict = row.answers.get(task.name, {}).get("verdict", "")
            word, sign = WORDS.get(verdict, ""), SIGNS.get(verdict, "")
            cells.append(
                f'<td class="mark {word}"><span aria-hidden="true">{sign}</span><span class="aloud">{word}</span></td>'
            )
        of = sum(points[name] for name in row.answers)
        lines.append(
            f'<tr><th scope="row"><a href="#{row.anchor}">{escape(row.name)}</a></th>'
            f"<td>{earned(row, points):g} of {of:g}</td>{''.join(cells)}</tr>"
        )
        details.append(
            f'<details id="{row.anchor}"><summary>{escape(row.name)}</summary>'
            + "".join(_answer(task, row.answers[task.name]) for task in tasks if task.name in row.answers)
            + "</details>"
        )
    heads = "".join(f'<th scope="col"><span>{escape(task.title)}</span></th>' for task in tasks)
    heads = f'<thead><tr><th scope="col">learner</th><th scope="col">points</th>{heads}</tr></thead>'
    table = f"{heads}<tbody>{''.join(lines)}</tbody>"
    key = ", ".join(f"{SIGNS[verdict]} {words}" for verdict, words in IN_FULL.items())
    content = _wide("learners", table) + "".join(details)
    return _section(
        "learners",
        "Learner by learner",
        f"{key}. Below the table: what the checks said to each.",
        content if rows else "",
    )


def _answer(task, answer):
    """What an answer earned, in the words the learner would have seen."""
    feedback = Feedback(**{name: answer[name] for name in ("verdict", "says", "case", "rows", "more", "table", "code")})
    shown = feedback._repr_mimebundle_()["text/html"].replace(" role='status'", "")
    own = (
        f"<blockquote>{escape(answer['text'])}</blockquote>"
        if isinstance(task.check, exercises.Text) and answer["text"]
        else ""
    )
    return f"<h4>{escape(task.title)}</h4>{own}{shown}"


def _files(rows, anonymous):
    items = [
        f"<li><b>{escape(row.name if anonymous else file)}</b>: {prose(said)}</li>"
        for row in rows
        for file, said in row.remarks
    ]
    lead = "Files that could not be graded, or that are not quite today's lesson."
    return _section("files", "Files to look at", lead, f'<ul class="people">{"".join(items)}</ul>' if items else "")
