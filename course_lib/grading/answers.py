"""Which statements of a notebook make up an answer. They are found by the exercise's name, wherever its cell stands.

An answer is the last statement that gives the name a value and no longer holds a `...`, after all that it needs: the
imports, helpers and numbers it mentions, and what these mention. Nothing else of a notebook is run.
"""

import ast
import builtins
import re
import symtable
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, cached_property

from .. import checks
from ..checks import EXERCISES

LONGEST = 100_000  # letters of a cell
BINDS = (ast.Assign, ast.AnnAssign, ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
UNPARSABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
ONLY_NOTEBOOKS = re.compile(r"^(\s*)(?:[%!?].*|[\w.]+\?\??)$", re.MULTILINE)  # %magic, !command, question?
DIAGNOSTICS = {"diagnostic": "my_answers", "diagnostic_again": "my_answers_now"}
CALLED = re.compile(r"\bchecks\.(\w+)\(")


@dataclass(frozen=True)
class Task:
    """What a lesson asks for: the learner's name for the answer, and the check. stars: 0 for what earns nothing."""

    name: str
    lesson: int
    stars: int
    title: str
    check: Callable


TASKS = {
    "my_answers": Task("my_answers", 0, 0, "Ten questions beforehand", checks.diagnostic),
    **{
        exercise.name: Task(exercise.name, exercise.lesson, exercise.stars, exercise.title, exercise)
        for exercise in EXERCISES
    },
    "my_answers_now": Task("my_answers_now", 6, 0, "The ten questions again", checks.diagnostic_again),
}


@dataclass(frozen=True)
class Statement:
    """A statement outside all functions. gives, needs, changes: names that it binds, mentions, and changes in place.

    always: whether it binds its names whatever happens. unfinished: whether it still holds a `...`.
    """

    within: int  # its number in the cell
    source: str
    gives: set[str]
    needs: set[str]
    changes: set[str]
    always: bool
    imports: bool
    unfinished: bool
    cell: int = 0
    place: int = 0  # in the notebook


class Notebook:
    """The statements of a notebook's code cells."""

    def __init__(self, code: tuple[str, ...]):
        self.code = code
        self.statements: list[Statement] = []
        self.touching: dict[str, list[Statement]] = {}  # name -> the statements that bind or change it
        self.unreadable: dict[int, str] = {}  # cell -> what Python says of it
        for cell, source in enumerate(code):
            try:
                for statement in _statements(source):
                    self.statements.append(replace(statement, cell=cell, place=len(self.statements)))
            except UNPARSABLE as error:
                self.unreadable[cell] = getattr(error, "msg", "") or "it is too long, or too deeply nested"
        for statement in self.statements:
            for name in statement.gives | statement.changes:
                self.touching.setdefault(name, []).append(statement)

    @cached_property
    def mentioned(self) -> set[str]:
        """The names of exercises that the notebook gives a value, or calls a check of, known or not."""
        given = {name for name in TASKS if self._bound(name)}
        called = {name for source in self.code for name in CALLED.findall(source)}
        torn = {name for name in TASKS if self._torn(name)}
        return given | called | torn

    @property
    def lesson(self) -> int | None:
        """The lesson most of whose exercises are here; None where there are none."""
        lessons = Counter(TASKS[name].lesson for name in self.mentioned if name in TASKS)
        return min(lessons, key=lambda lesson: (-lessons[lesson], lesson), default=None)

    def answer(self, name: str) -> list[Statement] | str:
        """The statements that make the answer, in the order to run them; a sentence where Python cannot read it."""
        mine = self._bound(name)
        finished = [statement for statement in mine if not statement.unfinished]
        if not finished and (said := self._torn(name)):
            return said
        try:
            return self._with_needs((finished or mine)[-1]) if mine else []
        except RecursionError:
            return "What it needs is too long a chain of other values."

    def _bound(self, name):
        return [statement for statement in self.touching.get(name, ()) if name in statement.gives]

    def _torn(self, name):
        start = re.compile(rf"^\s*(?:async )?(?:(?:def|class) +{name}\b|{name} *=)", re.MULTILINE)
        says = [said for cell, said in self.unreadable.items() if start.search(self.code[cell])]
        return f"Python cannot read its cell: {says[-1]}." if says else ""

    def _with_needs(self, statement):
        order, seen = [], set()

        def add(statement):
            if statement.place in seen:
                return
            seen.add(statement.place)
            for name in sorted(statement.needs):
                for maker in self._makers(name, statement.place):
                    add(maker)
            order.append(statement)

        add(statement)
        return order

    def _makers(self, name, place):
        """The statements that made a name what it is at a place; those below it where there are none above."""
        touching = self.touching.get(name, ())
        if not self._bound(name):
            return [] if name in vars(builtins) else self._bound("*")
        above = [s for s in touching if s.place < place] or [s for s in touching if s.place > place]
        begins = [k for k, s in enumerate(above) if name in s.gives and s.always and name not in s.needs]
        above = above[begins[-1] :] if begins else above
        return above[:1] if above[0].imports else above  # calling numpy's functions does not change numpy


def parse(source: str) -> list[ast.stmt]:
    """The statements of a cell, as it is, or else without the lines that only a notebook understands.

    An import of many names is one of each, so that no answer waits for what it does not need, such as figures. A check
    of something else, checks.final_step(4), gives that as the answer.
    """
    if len(source) > LONGEST:
        raise ValueError
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of "\d" and the like
        try:
            body = ast.parse(source).body
        except SyntaxError:
            body = ast.parse(ONLY_NOTEBOOKS.sub(r"\1pass", source)).body
    return [ast.fix_missing_locations(ast.copy_location(part, node)) for node in body for part in _parts(node)]


def _parts(node):
    match node:
        case ast.Import(names):
            return [ast.Import([alias]) for alias in names]
        case ast.ImportFrom(module, names, level):
            return [ast.ImportFrom(module, [alias], level) for alias in names]
        case ast.Expr(ast.Call(ast.Attribute(ast.Call() as check, "explain"))):
            return _parts(ast.Expr(check))
        case ast.Expr(ast.Call(ast.Attribute(ast.Name("checks"), called), [given])):
            name = DIAGNOSTICS.get(called, called)
            if name in TASKS and not (isinstance(given, ast.Name) and given.id == name):
                return [ast.Assign([ast.Name(name, ast.Store())], given)]
    return [node]


@cache  # a class has most of its cells in common
def _statements(source):
    lines, found = source.splitlines(), []
    for k, node in enumerate(parse(source)):
        gives, needs = _names(symtable.symtable(ast.unparse(node), "cell", "exec"))
        imports = isinstance(node, ast.Import | ast.ImportFrom)
        begin = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", ()))])
        statement = Statement(
            k,
            ast.unparse(node) if imports else "\n".join(lines[begin - 1 : node.end_lineno]),
            gives={"*"} if imports and node.names[0].name == "*" else gives,
            needs=needs,
            changes=set(_changed(node)),
            always=isinstance(node, BINDS),
            imports=imports,
            unfinished=_unfinished(node),
        )
        found.append(statement)
    return found


def _unfinished(node):
    """Whether it holds a `...`, other than that of x[..., 0]."""
    if isinstance(node, ast.Subscript):
        return _unfinished(node.value)
    dots = isinstance(node, ast.Constant) and node.value is ...
    return dots or any(map(_unfinished, ast.iter_child_nodes(node)))


def _names(table):
    """What a statement binds outside of functions, and what it, or a function in it, takes from there."""
    gives = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    needs = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()}
    scopes = list(table.get_children())
    while scopes:
        scope = scopes.pop()
        scopes += scope.get_children()
        taken = [symbol for symbol in scope.get_symbols() if symbol.is_global()]
        needs |= {symbol.get_name() for symbol in taken} - gives  # a function may call itself
        gives |= {symbol.get_name() for symbol in taken if symbol.is_declared_global() and symbol.is_assigned()}
    return gives, needs


def _changed(node):
    """The names whose object a statement changes in place: x[0] = 1, x.rate = 2, x.append(3)."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return
    called = isinstance(node, ast.Expr | ast.For | ast.While | ast.If | ast.With)
    for part in ast.walk(node):
        stored = isinstance(part, ast.Subscript | ast.Attribute) and isinstance(part.ctx, ast.Store)
        if stored or (called and isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute)):
            base = part if stored else part.func
            while isinstance(base, ast.Subscript | ast.Attribute):
                base = base.value
            if isinstance(base, ast.Name):
                yield base.id
