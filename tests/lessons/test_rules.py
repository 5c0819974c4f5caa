"""Every stored lesson obeys every rule, and every rule notices a lesson that breaks it."""

import copy
from pathlib import Path

import nbformat
import pytest
import rules

LESSONS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def stored():
    return {path: nbformat.read(path, as_version=4) for path in LESSONS}


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_lesson_obeys(rule, lesson, stored):
    assert rule(stored[lesson]) == []


def test_set_up_cell_is_the_same_in_every_lesson(stored):
    cells = {cell.source for nb in stored.values() for cell in nb.cells if "setup" in rules.tags(cell)}
    assert len(cells) == 1


def test_every_lesson_has_one_set_up_cell(stored):
    counts = {path.stem: sum("setup" in rules.tags(cell) for cell in nb.cells) for path, nb in stored.items()}
    assert set(counts.values()) == {1}, counts


def test_notebooks_stay_small():
    assert sum(path.stat().st_size for path in LESSONS) < 6e6


def spoiled(nb, rule):
    """A good lesson with the one fault that a rule is about."""
    nb = copy.deepcopy(nb)
    code = rules.code_cells(nb)
    markdown = [cell for cell in nb.cells if cell.cell_type == "markdown"]
    faults = {
        "cells_were_run_in_order": lambda: code[1].update(execution_count=1),
        "no_cell_failed_or_wrote_to_stderr": lambda: code[1].outputs.append(
            nbformat.v4.new_output("stream", name="stderr", text="careful")
        ),
        "tags_are_known_and_every_cell_has_its_line": lambda: code[1].metadata.tags.append("to-do"),
        "every_cell_knows_its_slide": lambda: code[1].metadata.pop("slideshow"),
        "every_slide_has_one_place_in_the_lectures": lambda: markdown[2].metadata.tags.append("more"),
        "cell_ids_are_words": lambda: code[1].update(id="0a1b2c3d"),
        "headings_do_not_skip_levels": lambda: markdown[2].update(source="#### Too deep"),
        "deeper_and_solutions_are_folded": lambda: markdown[2].update(source="## Open", metadata={"tags": ["deeper"]}),
        "folded_headings_stand_alone": lambda: markdown[2].metadata.update({"jp-MarkdownHeadingCollapsed": True}),
        "folds_end_before_the_next_thought": lambda: markdown[2].metadata.update(
            {"jp-MarkdownHeadingCollapsed": True, "tags": ["deeper"]}
        ),
        "pictures_have_words": lambda: next(
            o for c in code for o in c.outputs if "image/png" in o.get("data", {})
        ).data.update({"text/plain": "<Figure>"}),
        "equations_are_followed_by_words": lambda: markdown[2].update(source="## Title\n\n$$x = 1$$"),
        "code_cells_are_short": lambda: code[1].update(source="x = 1\n" * 26),
        "no_line_ends_in_a_semicolon": lambda: code[1].update(source="x = 1;"),
        "exercises_have_stub_check_and_solution": lambda: code[1].update(
            source="solution_nothing = 1", metadata={"tags": ["main", "solution"]}
        ),
        "only_optional_libraries_are_left_uncompared": lambda: code[1].metadata.tags.append("nbval-ignore-output"),
        "no_widget_state_is_stored": lambda: nb.metadata.update({"widgets": {}}),
    }
    faults[rule.__name__]()
    return nb


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_rule_notices_a_fault(rule, stored):
    lesson = next(nb for path, nb in stored.items() if path.stem.startswith("01"))
    assert rule(lesson) == []
    assert rule(spoiled(lesson, rule))
