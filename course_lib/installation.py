"""Is everything here that the lessons need? Standard library only, so that it can say no.

Versions are compared with what the packages' own metadata ask for; the bounds have no second home.
"""

import importlib.util
import os
import platform
import re
import shlex
import site
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import Path
from types import ModuleType

try:
    from packaging.requirements import Requirement
    from packaging.specifiers import SpecifierSet
    from packaging.utils import canonicalize_name
except ImportError:  # said in check(), with the command that mends it
    Requirement = None

COURSE = "momentum-course"
LABEXTENSIONS = "share/jupyter/labextensions"  # where JupyterLab looks for the page's half of widgets
RERUN = 'a figure that says "Error displaying widget: model not found" outlived its kernel: run its cell again'
FRONT_ENDS = {"jupyterlab_widgets": "@jupyter-widgets/jupyterlab-manager", "anywidget": "anywidget"}


@dataclass(frozen=True)
class Finding:
    """One line of the report: what was looked at and, when it is not in order, the mending command."""

    what: str
    mend: str = ""

    @property
    def ok(self) -> bool:
        return not self.mend

    def __str__(self) -> str:
        return f"ok   {self.what}" if self.ok else f"fix  {self.what}\n     {self.mend}"


def check() -> list[Finding]:
    """All findings, for the environment this Python runs in."""
    own = repository() / ".venv"
    if own.is_dir() and sys.prefix == sys.base_prefix:
        python_there = own / ("Scripts" if os.name == "nt" else "bin") / "python"
        mend = shlex.join([str(python_there), "-m", "course_lib"])
        return [Finding(f"{sys.executable} is not the Python of the course, which is in {own}", mend)]
    try:
        course = metadata.distribution(COURSE)
    except metadata.PackageNotFoundError:
        what = f"{COURSE} is not installed for {sys.executable}"
        return [Finding(what, f"make lab   or, in an environment of your own: {install(*source())}")]
    if Requirement is None:
        return [Finding("packaging is missing, so versions cannot be compared", install("packaging"))]
    return [python(course), *packages(course), *widgets(), style_sheet(), *lessons(repository())]


def install(*arguments: str) -> str:
    """The command that installs into this environment; one made by uv has no pip of its own."""
    if importlib.util.find_spec("pip"):
        return shlex.join([sys.executable, "-m", "pip", "install", *arguments])
    return shlex.join(["uv", "pip", "install", "--python", sys.executable, *arguments])


def source() -> list[str]:
    """What to hand to the installer to get the course itself: the repository, or its name."""
    root = repository()
    return ["-e", str(root)] if (root / "pyproject.toml").is_file() else [COURSE]


def python(course: metadata.Distribution) -> Finding:
    """This Python against the package's Requires-Python."""
    wanted = course.metadata["Requires-Python"]
    here = f"Python {platform.python_version()} ({sys.executable})"
    if not SpecifierSet(wanted).contains(platform.python_version(), prereleases=True):
        return Finding(f"{here}, but the course needs {wanted}", "PYTHON=python3.12 make lab")
    minor = int(platform.python_version().split(".")[1])
    tried = re.findall(r"Python :: 3\.(\d+)", " ".join(course.metadata.get_all("Classifier") or ()))
    newest = max(map(int, tried), default=minor)
    untried = f", newer than 3.{newest}, the newest on which the course was tested: it is tried"
    return Finding(here + (untried if minor > newest else ""))


def packages(course: metadata.Distribution) -> Iterator[Finding]:
    """What the package needs, and JupyterLab where it is installed (Colab and VS Code do without)."""
    for line in course.requires or ():
        need = Requirement(line)
        if need.marker is None or need.marker.evaluate({"extra": ""}):
            yield version(need)
        elif need.name == "jupyterlab" and need.marker.evaluate({"extra": "lab"}):
            yield version(need, optional="only for `make lab`")


def version(need: "Requirement", optional: str = "") -> Finding:
    """The installed version of one requirement against its bounds."""
    asked = f"{need.name}{need.specifier}"
    try:
        here = metadata.version(need.name)
    except metadata.PackageNotFoundError:
        if optional:
            return Finding(f"{need.name} is not here; it is needed {optional}")
        return Finding(f"{need.name} is missing", install(asked))
    if need.specifier.contains(here, prereleases=True):
        return Finding(f"{need.name} {here}")
    return Finding(f"{need.name} {here}, but {asked} is needed", install(asked))


def widgets() -> Iterator[Finding]:
    """Do ipywidgets and the packages with its page half agree, and do these lie where Lab looks?"""
    for owner in ("ipywidgets", "anywidget"):
        yield from agreement(owner, ("jupyterlab-widgets", "widgetsnbextension", "ipywidgets"))
    yield Finding(RERUN)
    for package, extension in FRONT_ENDS.items():
        places = [Path(prefix, LABEXTENSIONS, extension) for prefix in prefixes()]
        if any((place / "package.json").is_file() for place in places):
            yield Finding(f"{package}: its half for the page is in place")
        else:
            what = f"{package}: its half for the page is not in {places[0]}"
            yield Finding(what, install("--force-reinstall", "--no-deps", package))


def prefixes() -> list[str]:
    """Where installers put a package's data: this environment, and the user's own folder."""
    return [sysconfig.get_path("data"), site.getuserbase()]


def agreement(owner: str, partners: tuple[str, ...]) -> Iterator[Finding]:
    """The partners' versions against what the owner's metadata ask of them."""
    try:
        needs = [Requirement(line) for line in metadata.requires(owner) or ()]
    except metadata.PackageNotFoundError:
        return  # packages() says so
    for need in needs:
        if canonicalize_name(need.name) in partners and (need.marker is None or need.marker.evaluate({"extra": ""})):
            finding = version(need)
            yield Finding(f"{owner} with {finding.what}", finding.mend)


def style_sheet() -> Finding:
    """The figures' style, which a package built without its data would lack."""
    if (resources.files("course_lib") / "plots/course.mplstyle").is_file():
        return Finding("the style of the figures")
    return Finding("course.mplstyle is missing from the package", install("--force-reinstall", "--no-deps", *source()))


def repository() -> Path:
    """The folder above the package: the repository, where the package is used from one."""
    return Path(__file__).resolve().parent.parent


def lessons(root: Path) -> Iterator[Finding]:
    """The lessons of the repository, and which of the learner's copies are behind them."""
    if not (root / "scripts" / "workspace.py").is_file():
        yield Finding("no lessons beside the package: it was installed alone")
        return
    workspace = load(root / "scripts" / "workspace.py")
    found = workspace.lessons_in(root / "notebooks")
    if not found:
        yield Finding(f"no lessons in {root / 'notebooks'}", "git checkout HEAD -- notebooks")
        return
    yield Finding(f"{len(found)} lessons in {root / 'notebooks'}")
    folders = root / "notebooks", workspace.home(root)
    for what, mend in workspace.damaged(*folders):
        yield Finding(what, mend)
    for name in workspace.newer_lessons(*folders):
        yield Finding(f"your copy of {name} is older than the lesson", f"make fresh LESSON={name[:2]}")


def load(path: Path) -> ModuleType:
    """A script as a module; scripts are not part of the package."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
