"""A function that no lesson, lab, check or script calls does not exist: it is used, or it goes with its tests."""

import ast
import json
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
CODE = ("course_lib", "scripts", "benchmarks", "docs")


def listed(tree):
    """The nodes of `__all__` and of the labs' list, which name what there is and use nothing."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ("__all__", "LABS"):
            yield from ast.walk(node.value)


def words(tree):
    """Every name that code reads, and every word in its short texts, where a name may stand to be looked up."""
    lists = set(listed(tree))
    for node in ast.walk(tree):
        if node in lists:
            continue
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            yield node.value


def defined(tree):
    """The public functions and classes of a module, and the public methods of these, as far as nothing overrides."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        if isinstance(node, ast.ClassDef):
            yield from (part.name for part in node.body if isinstance(part, ast.FunctionDef))


def unused(modules, others=()):
    """The names that {path: source} defines and that neither it nor the other sources use."""
    trees = {path: ast.parse(source) for path, source in modules.items()}
    used = {name for tree in (*trees.values(), *map(ast.parse, others)) for name in words(tree)}
    return sorted(
        {f"{path}: {name}" for path, tree in trees.items() for name in defined(tree) if name[0] != "_"}
        - {f"{path}: {name}" for path in trees for name in used}
    )


def cells():
    """The code of the lessons' cells, without what only a notebook understands."""
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                yield re.sub(r"^(\s*)[%!].*$", r"\1pass", "".join(cell["source"]), flags=re.M)


def test_nothing_public_is_unused():
    modules = {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
        for folder in CODE
        for path in sorted((ROOT / folder).rglob("*.py"))
    }
    assert unused(modules, cells()) == []


def test_an_unused_function_is_noticed():
    source = "def used(): ...\nclass A:\n    def lost(self): ...\n    def kept(self): ...\nused(A().kept)"
    assert unused({"a.py": source}) == ["a.py: lost"]


def test_a_name_that_is_looked_up_counts_as_used():
    assert unused({"a.py": "def table(): ..."}, ["getattr(module, 'table')"]) == []
