"""Imports inside course_lib point one way, and the numeric modules cost what numpy costs."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# From the top down. A module imports only from the rows below its own, and from its own folder.
ROWS = [
    {"grading"},
    {"labs", "checks"},
    {"live", "plots", "training"},
    {"descent", "quadratics", "noisy_quadratic", "worst_case", "curvature", "conventions"},
    {"optimizers", "surfaces", "networks", "data"},
    {"arguments", "formulas", "runs", "tracing"},
]
THEORY = {"quadratics", "noisy_quadratic", "worst_case"}
ALONE = {"__main__", "installation", "links"}  # work on an installation, so they import nothing of the course
COMMANDS = {"__main__": {"grading"}, "installation": set(), "links": set()}  # imported when they are called
LEVEL = {name: len(ROWS) - row for row, names in enumerate(ROWS) for name in names}
NUMERIC = set.union(*ROWS[3:])
ONLY = {"anywidget": {"live"}, "ipywidgets": {"live", "labs"}}  # package to the modules that may import it


def imported(tree: ast.Module, package: list[str]) -> set[str]:
    """Dotted names that a module in `package` imports; relative ones made absolute."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else []
            base += node.module.split(".") if node.module else []
            names |= {".".join([*base, alias.name]) for alias in node.names}
    return names


def violations(sources: dict[str, str]) -> list[str]:
    """Sentences about the imports that point the wrong way, in {path below course_lib: source}."""
    return [
        f"{path}: {fault}"
        for path, source in sorted(sources.items())
        for name in sorted(imported(ast.parse(source), ["course_lib", *Path(path).parts[:-1]]))
        if (fault := wrong(Path(path).parts[0].removesuffix(".py"), name))
    ]


def wrong(module: str, name: str) -> str:
    """What is wrong with `module` importing `name`, or an empty string."""
    package, *rest = name.split(".")
    if package != "course_lib":
        if module in NUMERIC and package != "numpy" and package not in sys.stdlib_module_names:
            return f"{module} is numeric and imports {package}"
        return f"{module} imports {package}" if module not in ONLY.get(package, {module}) else ""
    target = rest[0] if rest else ""
    if module in ALONE:
        return "" if target in ALONE | COMMANDS[module] else f"{module} imports {name}"
    if module not in LEVEL or (module != target and target not in LEVEL):
        return f"give {module} and {target or 'course_lib'} a place in the rows of tests/test_layout.py"
    if module == "live" and target not in ("live", "tracing", "formulas"):
        return f"live knows nothing of the course and imports {target}"
    if module in THEORY and target == "optimizers":
        return "theory imports the optimizers it is to confirm"
    return f"{module} imports {target}" if module != target and LEVEL[target] >= LEVEL[module] else ""


def test_imports_point_one_way():
    package = ROOT / "course_lib"
    sources = {str(path.relative_to(package)): path.read_text(encoding="utf-8") for path in package.rglob("*.py")}
    assert violations(sources) == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("surfaces.py", "from course_lib.optimizers import Momentum"),
        ("surfaces.py", "from .optimizers.base import Optimizer"),
        ("optimizers/adaptive.py", "from ..surfaces import ravine"),
        ("optimizers/adaptive.py", "from .. import data"),
        ("networks.py", "import scipy.special"),
        ("descent.py", "import matplotlib.pyplot as plt"),
        ("descent.py", "from course_lib import plots"),
        ("quadratics.py", "from course_lib.optimizers.momentum import Momentum"),
        ("quadratics.py", "def f():\n    import course_lib.optimizers"),
        ("worst_case.py", "from .optimizers import Momentum"),
        ("plots.py", "import ipywidgets as widgets"),
        ("labs/ravine.py", "import anywidget"),
        ("checks/report.py", "from ipywidgets import HTML"),
        ("live/figure.py", "from course_lib.labs import ravine"),
        ("live/figure.py", "from course_lib import descent"),
        ("labs/ravine.py", "from course_lib.checks import lesson01"),
        ("installation.py", "from course_lib import plots"),
        ("newcomer.py", "from course_lib import plots"),
    ],
)
def test_a_wrong_import_is_found(path, source):
    assert len(violations({path: source})) == 1


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("optimizers/momentum.py", "from .base import Optimizer\nfrom course_lib.optimizers import base"),
        (
            "descent.py",
            "import numpy as np\nfrom course_lib.surfaces import Surface\nfrom . import optimizers",
        ),
        ("live/figure.py", "import anywidget, ipywidgets\nfrom course_lib.live import codec"),
        ("labs/ravine.py", "import ipywidgets\nfrom course_lib import live, plots, descent"),
        ("quadratics.py", "import math\nfrom course_lib.surfaces import ravine"),
        ("__main__.py", "from course_lib import installation"),
    ],
)
def test_a_right_import_is_not(path, source):
    assert violations({path: source}) == []


def test_numeric_modules_load_nothing_but_numpy():
    modules = sorted(name for name in NUMERIC if list((ROOT / "course_lib").glob(f"{name}*/__init__.py")))
    modules += sorted(name for name in NUMERIC if (ROOT / "course_lib" / f"{name}.py").exists())
    script = f"""
import importlib, sys, numpy
before = set(sys.modules)
for name in {["course_lib", *(f"course_lib.{name}" for name in modules)]}:
    importlib.import_module(name)
packages = {{name.partition(".")[0] for name in set(sys.modules) - before}}
print(*sorted(packages - set(sys.stdlib_module_names)))
"""
    result = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["course_lib"]


@pytest.mark.pinned  # each ruff writes a little differently
@pytest.mark.parametrize("arguments", [["check"], ["format", "--check"]])
def test_ruff_agrees(arguments):
    result = subprocess.run(
        [sys.executable, "-m", "ruff", *arguments, "--no-cache", "."],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout + result.stderr
