"""Wrong programs from right ones: every change of one place that people make when they write down a formula."""

import ast
from dataclasses import dataclass

SWAPPED = {ast.Add: [ast.Sub, ast.Mult], ast.Sub: [ast.Add], ast.Mult: [ast.Div, ast.Add], ast.Div: [ast.Mult]}
SWAPPED |= {ast.Pow: [ast.Mult]}
COMPARED = {ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}
CONFUSED = {"min": ["max"], "max": ["min", "mean", "sum"], "sum": ["mean"], "abs": ["sign"], "sqrt": ["square"]}
CONFUSED |= {"log": ["exp", "log2"], "zeros_like": ["ones_like"], "isclose": [], "allclose": []}


@dataclass(frozen=True)
class Change:
    """One place of a program that becomes something else. The program is written out only when it is asked for."""

    tree: ast.Module
    where: tuple
    old: ast.AST
    new: ast.AST

    @property
    def what(self):
        return f"`{ast.unparse(self.old)}` became `{ast.unparse(ast.fix_missing_locations(self.new))}`"

    @property
    def source(self):
        self._put(self.new)
        changed = ast.unparse(self.tree)
        self._put(self.old)
        return changed

    def _put(self, node):
        parent, name, k = self.where
        if k is None:
            setattr(parent, name, node)
        else:
            getattr(parent, name)[k] = node


def changes(source):
    """Every change of one place inside the functions of a program, or in its assignments where it has none."""
    tree = ast.parse(source)
    names = _names(tree)
    seen = set()
    for body in _bodies(tree):
        for statement in body:
            for node in ast.walk(statement):
                if id(node) not in seen:
                    seen.add(id(node))
                    yield from (Change(tree, _place(tree, node), node, new) for new in _alternatives(node, names))


def _place(tree, node):
    """(parent, name of its field, index in the field or None) of a node."""
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is node:
                return parent, name, None
            if isinstance(value, list) and any(part is node for part in value):
                return parent, name, next(k for k, part in enumerate(value) if part is node)
    raise LookupError


def _bodies(tree):
    """What may be changed: bodies of functions; of a module without any, its assignments."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return [function.body for function in functions] or [tree.body]


def _names(tree):
    """The variables of the program: arguments and what is assigned, `self` apart."""
    names = [node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)]
    names += [node.id for body in _bodies(tree) for s in body for node in ast.walk(s) if _stored(node)]
    return [name for name in dict.fromkeys(names) if name != "self" and not name.startswith("solution_")]


def _stored(node):
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _alternatives(node, names):
    kinds = {
        ast.BinOp: _of_operator,
        ast.UnaryOp: lambda node, names: [node.operand],
        ast.Constant: _of_constant,
        ast.Name: _of_name,
        ast.Attribute: _of_attribute,
        ast.Call: _of_call,
        ast.Compare: _of_comparison,
        ast.Assign: _of_assignment,
        ast.Assert: _of_assertion,
        ast.Return: _of_return,
    }
    return kinds[type(node)](node, names) if type(node) in kinds else []


def _of_operator(node, names):
    swapped = [ast.BinOp(node.left, kind(), node.right) for kind in SWAPPED.get(type(node.op), [])]
    turned = [ast.BinOp(node.right, node.op, node.left)] if isinstance(node.op, ast.Sub | ast.Div | ast.Pow) else []
    whole = [ast.BinOp(node.left, ast.FloorDiv(), node.right)] if isinstance(node.op, ast.Div) else []
    return [*swapped, node.left, node.right, *turned, *whole, ast.UnaryOp(ast.USub(), node)]


def _of_constant(node, names):
    value = node.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return []
    others = [value + 1, value - 1] if isinstance(value, int) else [1 - value, 10 * value, value / 10, round(value)]
    return [ast.Constant(other) for other in (*others, 2 * value) if other != value]


def _of_name(node, names):
    if node.id not in names or not isinstance(node.ctx, ast.Load):
        return []
    others = [ast.Name(name, ast.Load()) for name in names if name != node.id]
    steps = [ast.BinOp(node, op, ast.Constant(1)) for op in (ast.Add(), ast.Sub())] if node.id == "t" else []
    return [*others, *steps, ast.UnaryOp(ast.USub(), node)]


def _of_attribute(node, names):
    if not (isinstance(node.value, ast.Name) and node.value.id == "self"):
        return []
    other = {"lr": "gamma", "gamma": "lr"}.get(node.attr)
    return [ast.Attribute(node.value, other, node.ctx)] if other else []


def _of_call(node, names):
    called = getattr(node.func, "attr", getattr(node.func, "id", ""))
    others = [_calls(node, other) for other in CONFUSED.get(called, [])]
    bare = [node.args[0]] if len(node.args) == 1 and not node.keywords else []
    turned = [ast.Call(node.func, node.args[::-1], node.keywords)] if len(node.args) > 1 else []
    neither = [ast.UnaryOp(ast.Not(), node)] if called in ("isclose", "allclose", "array_equal") else []
    return [*others, *bare, *turned, *neither]


def _calls(node, name):
    return ast.Call(ast.Attribute(ast.Name("np", ast.Load()), name, ast.Load()), node.args, node.keywords)


def _of_comparison(node, names):
    return [ast.Compare(node.left, [COMPARED[type(op)]() for op in node.ops], node.comparators)]


def _of_assignment(node, names):
    """The assignment forgotten, and done in place."""
    one = node.targets[0]
    if not (isinstance(one, ast.Name) and isinstance(node.value, ast.BinOp)):
        return [ast.Pass()]
    return [ast.Pass(), ast.AugAssign(one, node.value.op, node.value.right)]


def _of_assertion(node, names):
    """No assertion, one that always holds, one that never holds, the opposite, and the verdict returned instead."""
    always = [ast.Assert(ast.Constant(value), None) for value in (True, False)]
    return [ast.Pass(), *always, ast.Assert(ast.UnaryOp(ast.Not(), node.test), None), ast.Return(node.test)]


def _of_return(node, names):
    """Nothing returned; a part forgotten; parts exchanged; whole numbers instead of fractions."""
    if not isinstance(node.value, ast.Tuple):
        whole = ast.Call(ast.Attribute(ast.Name("np", ast.Load()), "round", ast.Load()), [node.value], [])
        return [ast.Pass(), ast.Return(whole)]
    parts = node.value.elts
    fewer = [ast.Tuple([p for p in parts if p is not part], ast.Load()) for part in parts]
    others = [ast.Tuple([*parts[k:], *parts[:k]], ast.Load()) for k in range(1, len(parts))]
    return [ast.Pass(), *(ast.Return(value) for value in (*fewer, *others))]
