"""What a stored lesson must be, one rule a function: notebook -> list of complaints. Nothing is run here."""

import re
from itertools import pairwise

from scripts.notebooks import tags
from scripts.slides import places

TAGS = {
    "main",
    "deeper",
    "setup",
    "exercise",
    "stub",
    "check",
    "solution",
    "answer",
    "time",
    "cheat-sheet",
    "summary",
    "guide",
    "nbval-ignore-output",
}
TAGS |= places.PLACES.keys()
SLIDES = {"slide", "subslide", "fragment", "-", "skip", "notes"}
LONGEST_CELL = 25


def code_cells(nb):
    return [cell for cell in nb.cells if cell.cell_type == "code" and cell.source.strip()]


def headings(nb):
    """(cell, level, title) of every Markdown heading, outside code fences."""
    found = []
    for cell in nb.cells:
        if cell.cell_type == "markdown":
            text = re.sub(r"```.*?```", "", cell.source, flags=re.S)
            found += [(cell, len(m[1]), m[2]) for m in re.finditer(r"^(#+) (.+)$", text, flags=re.M)]
    return found


def cells_were_run_in_order(nb):
    counts = [cell.execution_count for cell in code_cells(nb)]
    return [] if counts == list(range(1, len(counts) + 1)) else [f"execution counts are {counts}"]


def no_cell_failed_or_wrote_to_stderr(nb):
    return [
        f"{cell.id} stores {output.get('ename') or 'stderr'}"
        for cell in code_cells(nb)
        for output in cell.outputs
        if output.output_type == "error" or output.get("name") == "stderr"
    ]


def tags_are_known_and_every_cell_has_its_line(nb):
    unknown = [f"{c.id} has unknown tags {sorted(tags(c) - TAGS)}" for c in nb.cells if tags(c) - TAGS]
    return unknown + [f"{c.id} must be main or deeper" for c in nb.cells if len(tags(c) & {"main", "deeper"}) != 1]


def every_cell_knows_its_slide(nb):
    return [c.id for c in nb.cells if c.metadata.get("slideshow", {}).get("slide_type") not in SLIDES]


def every_slide_has_one_place_in_the_lectures(nb):
    return places.complaints(nb)


def cell_ids_are_words(nb):
    return [c.id for c in nb.cells if not re.fullmatch(r"[a-z][a-z0-9-]+", c.id) or re.fullmatch(r"[0-9a-f]{8}", c.id)]


def headings_do_not_skip_levels(nb):
    levels = [level for _, level, _ in headings(nb)]
    skips = [f"level {b} after {a}" for a, b in pairwise(levels) if b > a + 1]
    return skips + ([] if levels[:1] == [1] and levels.count(1) == 1 else ["one title, and it comes first"])


def deeper_and_solutions_are_folded(nb):
    folds = [c for c, level, _ in headings(nb) if "solution" in tags(c) or (level == 2 and "deeper" in tags(c))]
    return [c.id for c in folds if not c.metadata.get("jp-MarkdownHeadingCollapsed")]


def folded_headings_stand_alone(nb):
    """What shares a cell with a folded heading stays visible, and gives the solution away."""
    return [c.id for c in nb.cells if c.metadata.get("jp-MarkdownHeadingCollapsed") and "\n" in c.source.strip()]


def folds_end_before_the_next_thought(nb):
    """A fold swallows all that follows up to the next heading, so nothing but its own code may stand behind it."""
    swallowed, folded, solution, line = [], False, False, None
    for cell in nb.cells:
        title = cell.cell_type == "markdown" and re.match(r"#+ ", cell.source)
        if title:
            folded, line = bool(cell.metadata.get("jp-MarkdownHeadingCollapsed")), tags(cell) & {"main", "deeper"}
            solution = "solution" in tags(cell)
        elif (folded and tags(cell) & {"main", "deeper"} != line) or (
            folded and solution and ("exercise" not in tags(cell) or tags(cell) & {"stub", "check"})
        ):
            swallowed.append(cell.id)
        elif solution != ("solution" in tags(cell)):
            swallowed.append(f"{cell.id}: a solution and its heading have the tag `solution`, and nothing else has")
    return swallowed


def pictures_have_words(nb):
    """Each picture carries a text alternative, and a sentence about it stands below, before the next heading."""
    complaints = []
    for k, cell in enumerate(nb.cells):
        pictures = [o for o in cell.get("outputs", []) if "image/png" in o.get("data", {})]
        for output in pictures:
            alt = output.metadata.get("image/png", {}).get("alt", "")
            if len(alt) < 30 or output.data.get("text/plain") != alt:
                complaints.append(f"{cell.id} has a picture without a text alternative")
        if pictures and not _sentence_below(nb.cells[k + 1 : k + 4]):
            complaints.append(f"{cell.id} has a picture without a sentence below it")
    return complaints


def _sentence_below(cells):
    for cell in cells:
        if cell.cell_type == "markdown":
            return bool(re.search(r"\*[^*]{30,}\*", cell.source))
    return False


def equations_are_followed_by_words(nb):
    complaints = []
    for cell in nb.cells:
        if cell.cell_type == "markdown" and "$$" in cell.source:
            after = cell.source.rsplit("$$", 1)[1].strip()
            if len(re.sub(r"\$[^$]*\$", "", after).split()) < 8:
                complaints.append(cell.id)
    return complaints


def code_cells_are_short(nb):
    return [cell.id for cell in code_cells(nb) if len(cell.source.splitlines()) > LONGEST_CELL]


def no_line_ends_in_a_semicolon(nb):
    return [cell.id for cell in code_cells(nb) if re.search(r";\s*$", cell.source, flags=re.M)]


def exercises_have_stub_check_and_solution(nb):
    """Stub, check and folded solution, in this order; the solution's name is that of the stub with solution_ before."""
    complaints, waiting = [], []
    for cell in code_cells(nb):
        if "stub" in tags(cell):
            waiting.append(cell)
            if "..." not in cell.source:
                complaints.append(f"{cell.id} has no ... to replace")
        elif "check" in tags(cell) and not waiting:
            complaints.append(f"{cell.id} checks what has no stub")
    names = {name for c in waiting for name in re.findall(r"^(?:def |class )?(\w+)", c.source, flags=re.M)}
    solved = {
        n
        for c in code_cells(nb)
        if "solution" in tags(c)
        for n in re.findall(r"^(?:def |class )?solution_(\w+)", c.source, flags=re.M)
    }
    return complaints + [f"solution_{name} solves no stub" for name in sorted(solved - names)]


def only_optional_libraries_are_left_uncompared(nb):
    return [
        cell.id
        for cell in code_cells(nb)
        if "nbval-ignore-output" in tags(cell) and not re.search(r"import torch|import optax", cell.source)
    ]


def no_widget_state_is_stored(nb):
    return ["widget state"] if "widgets" in nb.metadata else []


RULES = (
    cells_were_run_in_order,
    no_cell_failed_or_wrote_to_stderr,
    tags_are_known_and_every_cell_has_its_line,
    every_cell_knows_its_slide,
    every_slide_has_one_place_in_the_lectures,
    cell_ids_are_words,
    headings_do_not_skip_levels,
    deeper_and_solutions_are_folded,
    folded_headings_stand_alone,
    folds_end_before_the_next_thought,
    pictures_have_words,
    equations_are_followed_by_words,
    code_cells_are_short,
    no_line_ends_in_a_semicolon,
    exercises_have_stub_check_and_solution,
    only_optional_libraries_are_left_uncompared,
    no_widget_state_is_stored,
)
