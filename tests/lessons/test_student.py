"""The student edition: no solution and no result in it, nothing in it needs what was left out, and it runs."""

import ast
import re
from functools import cache

import abroad
import pytest
from running import LESSONS, executed

from scripts import notebooks, student

lessons = pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
OTHER_SOLUTIONS = {("01", "physics-text"), ("02", "matrix-text"), ("04", "errata"), ("06", "errata-code")}  # of others


@cache
def edition(lesson):
    """Treat it as read-only: the tests share it."""
    return student.edition(notebooks.read(lesson))


def left_out(lesson):
    return [cell for cell in notebooks.read(lesson).cells if student.tags(cell) & student.LEFT_OUT]


def names(source, kind):
    """The names that a cell's code binds (ast.Store) or reads (ast.Load)."""
    code = re.sub(r"^(\s*)%.*$", r"\1pass", source, flags=re.M)
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, kind):
            found.add(node.id)
        if kind is ast.Store and isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        if kind is ast.Store and isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return found


def code(cells):
    return [cell.source for cell in cells if cell.cell_type == "code"]


@lessons
def test_no_solution_is_left(lesson):
    told = [
        cell.id
        for cell in edition(lesson).cells
        if re.search(r"\bsolutions?\b|solution_", cell.source.replace(student.NOTE, ""), flags=re.I)
        and (lesson.stem[:2], cell.id) not in OTHER_SOLUTIONS
    ]
    assert told == []


@lessons
def test_every_exercise_keeps_its_stub_and_its_check(lesson):
    def asked(cells):
        return [cell.id for cell in cells if student.tags(cell) & {"stub", "check"}]

    assert asked(edition(lesson).cells) == asked(notebooks.read(lesson).cells)


@lessons
def test_no_cell_needs_what_was_left_out(lesson):
    kept = code(edition(lesson).cells)
    bound = set().union(*(names(source, ast.Store) for source in kept))
    gone = set().union(set(), *(names(source, ast.Store) for source in code(left_out(lesson)))) - bound
    assert gone & set().union(*(names(source, ast.Load) for source in kept)) == set()


@lessons
def test_no_result_is_stored(lesson):
    cells = [cell for cell in edition(lesson).cells if cell.cell_type == "code"]
    assert cells and not any(cell.outputs or cell.execution_count for cell in cells)


@lessons
def test_no_letter_of_a_prediction_is_given_away(lesson):
    told = [
        cell.id
        for cell in edition(lesson).cells
        if cell.cell_type == "markdown"
        and "exercise" not in student.tags(cell)
        and re.search(r"\*\*[a-d]\.?\*\*(?!\w)", cell.source)
    ]
    assert told == []


@lessons
def test_no_exercise_has_answers_to_unfold(lesson):
    told = [c.id for c in edition(lesson).cells if "exercise" in student.tags(c) and "<details" in c.source]
    assert told == []


@lessons
def test_what_prints_the_courses_own_lines_is_left_out(lesson):
    """A cell that prints how the course does it is a solution to those who have to write it."""
    assert not any("inspect.getsource" in source for source in code(edition(lesson).cells))


@lessons
def test_words_and_pictures_outside_the_solutions_stay(lesson):
    """Whole cells go with the solutions only; of the others a sentence at most, and never a table or an equation."""
    kept = {cell.id: cell.source for cell in edition(lesson).cells}
    gone = {cell.id for cell in left_out(lesson)}
    for cell in notebooks.read(lesson).cells:
        if cell.id not in gone:
            for mark in ("$$", "|", "#"):
                assert kept[cell.id].count(mark) == cell.source.count(mark), cell.id
            assert len(kept[cell.id]) > 0.35 * len(cell.source), cell.id


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("*A line.* **b** is best. If you chose **a**: safe, not fast.\n\n| a |", "*A line.*\n\n| a |"),
        ("**d.** An average is short. So is its step.", "An average is short. So is its step."),
        ("**a**: twenty. Why?", "Why?"),
        ("**a**: twenty.", ""),
        (
            "A **r**oot of a **m**ean, and **b**eta. Nothing goes.",
            "A **r**oot of a **m**ean, and **b**eta. Nothing goes.",
        ),
    ],
    ids=["picture", "bold stop", "colon", "nothing left", "letters in words"],
)
def test_sentences_that_name_a_letter_go(text, left):
    assert student.without_letters(text) == left


def test_a_sentence_that_has_changed_is_noticed():
    lesson = notebooks.read(LESSONS[0])
    lesson.cells[0].metadata["student"] = [["This sentence is not there.", ""]]
    with pytest.raises(student.StudentError, match=f"cell {lesson.cells[0].id} no longer says"):
        student.edition(lesson)


def test_command_never_writes_over_other_notebooks(tmp_path, capsys):
    mine = tmp_path / LESSONS[1].name
    mine.write_text("my work")
    assert student.main(["--to", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "name an empty folder" in said
    assert mine.read_text() == "my work" and len(list(tmp_path.iterdir())) == 1


def test_command_writes_all_lessons_normalised(tmp_path, capsys):
    folder = tmp_path / "für alle"
    assert student.main(["--to", str(folder)]) == 0
    assert [path.name for path in sorted(folder.iterdir())] == [path.name for path in LESSONS]
    for path in folder.iterdir():
        assert path.read_text(encoding="utf-8") == notebooks.text_of(notebooks.normalise(notebooks.read(path)))
    assert f"{len(LESSONS)} lessons" in capsys.readouterr().out


@pytest.mark.parametrize("lesson", LESSONS[3:4], ids=lambda path: path.stem)
def test_a_lesson_runs_with_its_stubs_empty_and_its_race_says_so(lesson):
    """As a run of the whole lesson shows: its solutions are needed by nothing in the edition, see above."""
    nb = executed(lesson).first
    checks = [o.text for c in nb.cells if "check" in student.tags(c) for o in c.outputs if o.output_type == "stream"]
    texts = [o.data["text/plain"] for c in nb.cells if "check" in student.tags(c) for o in c.outputs if "data" in o]
    assert len(checks + texts) == 9 and all("Nothing to check yet" in text for text in checks + texts)
    (race,) = (cell for cell in nb.cells if cell.id == "race-lab")
    assert any("not written yet" in output.get("data", {}).get("text/plain", "") for output in race.outputs)


def test_a_lesson_in_another_language_loses_its_solutions_and_its_answers():
    cells = {cell.id: cell.source for cell in student.edition(abroad.lesson()).cells}
    assert not any(
        "lösung" in text.lower() or "solution" in text for text in cells.values() if student.NOTE not in text
    )
    assert cells["reisende"] == "## Zwei Reisende\n\nÜbrig bleibt die Frage."
    assert {"aufgabe", "aufgabe-stub", "aufgabe-pruefung", "vertiefung"} <= set(cells)
