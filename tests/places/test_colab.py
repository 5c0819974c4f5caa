"""Google Colab, imitated: its set-up cell touches nothing that is there, custom widgets are enabled, every lesson runs.

Colab's versions are those its developers publish (github.com/googlecolab/backend-info) and users reported in the
second half of 2025: look there before a release.
"""

import json
import re
import sys
import tomllib
from importlib import metadata
from types import ModuleType, SimpleNamespace

import nbformat
import pytest
from nbclient import NotebookClient
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from surroundings import ROOT, copy_of_the_repository, done, environment

from course_lib import labs, links

LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PREINSTALLED = {
    "numpy": "2.0.2",
    "matplotlib": "3.10.0",
    "ipywidgets": "7.7.1",
    "joblib": "1.5.1",
    "typing-extensions": "4.14.1",
    "ipython": "7.34.0",
    "ipykernel": "6.17.1",
    "jupyter-client": "7.4.9",
    "traitlets": "5.7.1",
}
INSTALL = re.compile(r"^    %pip install (?P<options>(?:-\S+ )*)(?P<what>.*)$", re.MULTILINE)
CDN = "https://cdn.example/manager"


def setup_cell(lesson):
    book = nbformat.read(lesson, as_version=4)
    return next(cell for cell in book.cells if "setup" in cell.metadata.get("tags", []))


def installed(lesson=LESSONS[0]):
    """What the set-up cell installs on Colab: (options, requirements)."""
    found = INSTALL.search(setup_cell(lesson).source)
    return found["options"].split(), found["what"].split()


def needs(lines):
    """Names of requirement lines that hold without extras."""
    wanted = [Requirement(line) for line in lines]
    return {canonicalize_name(w.name) for w in wanted if w.marker is None or w.marker.evaluate({"extra": ""})}


def test_the_setup_cell_installs_without_dependencies():
    options, what = installed()
    assert "--no-deps" in options and "-U" not in options and "--upgrade" not in options
    assert what[0] == f"git+https://github.com/{links.address(ROOT)}"


def test_what_colab_lacks_is_named_and_nothing_else():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {canonicalize_name(name) for name in installed()[1][1:]}
    wanted = needs(project["dependencies"]).union(*(needs(metadata.requires(name)) for name in named))
    assert named == wanted - PREINSTALLED.keys()


def test_what_colab_has_is_within_the_bounds_of_the_course():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for need in map(Requirement, [*project["dependencies"], *metadata.requires("anywidget")]):
        if need.name in PREINSTALLED and (need.marker is None or need.marker.evaluate({"extra": ""})):
            assert need.specifier.contains(PREINSTALLED[need.name]), need


@pytest.fixture
def colab(monkeypatch):
    """A stand-in for Colab's module, which counts how often custom widgets are enabled."""
    from anywidget import _util

    output = ModuleType("google.colab.output")
    output.calls, output._widgets = 0, SimpleNamespace(_installed_url=None)

    def enable_custom_widget_manager():
        output.calls += 1
        output._widgets._installed_url = CDN

    output.enable_custom_widget_manager = enable_custom_widget_manager
    for name in ("google", "google.colab"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, "google.colab.output", output)
    _util.enable_custom_widget_manager_once.cache_clear()
    yield output
    _util.enable_custom_widget_manager_once.cache_clear()


def test_a_live_figure_tells_colab_who_draws_it(colab):
    data, about = labs.hill()._repr_mimebundle_()
    assert colab.calls == 1
    assert about["application/vnd.jupyter.widget-view+json"]["colab"]["custom_widget_manager"]["url"] == CDN
    assert "image/png" in data and "alt" in about["image/png"]


def test_elsewhere_nothing_is_said_of_colab():
    assert set(labs.hill()._repr_mimebundle_()[1]) == {"image/png"}


# -- the whole of it, in an environment of its own

COLAB_MODULE = f'''
"""A stand-in for Colab's module."""
from types import SimpleNamespace
_widgets = SimpleNamespace(_installed_url=None)
def enable_custom_widget_manager():
    _widgets._installed_url = {CDN!r}
'''


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Colab's Python and versions, its module loaded at every start; the wheel of the course lies beside it."""
    folder = tmp_path_factory.mktemp("colab")
    versions = [f"{name}=={version}" for name, version in PREINSTALLED.items()]
    python = environment("colab", *versions, "setuptools<81", python="3.12", seed=True)
    (packages,) = python.parents[1].glob("lib/python*/site-packages")
    module = packages / "google" / "colab"
    module.mkdir(parents=True)
    (packages / "google" / "__init__.py").write_text("")
    (module / "__init__.py").write_text("")
    (module / "output.py").write_text(COLAB_MODULE)
    (packages / "colab.pth").write_text("import google.colab\n")
    spec = folder / "share" / "kernels" / "colab"
    spec.mkdir(parents=True)
    argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (spec / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "Colab", "language": "python"}))
    source = copy_of_the_repository(folder / "source")
    done(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ".", cwd=source)
    (wheel,) = folder.glob("*.whl")
    before = done(python, "-m", "pip", "freeze")
    return SimpleNamespace(python=python, wheel=wheel, kernels=folder / "share", before=before)


def as_on_colab(lesson, place):
    """The notebook, with the wheel in the place of the address on GitHub, which no test reaches."""
    book = nbformat.read(lesson, as_version=4)
    cell = next(cell for cell in book.cells if "setup" in cell.metadata.get("tags", []))
    address = f"git+https://github.com/{links.address(ROOT)}"
    assert address in cell.source
    cell.source = cell.source.replace(address, str(place.wheel))
    return book


@pytest.mark.slow
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_the_notebook_alone_runs_and_leaves_what_is_there(lesson, place, tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_PATH", str(place.kernels))
    for name in ("VIRTUAL_ENV", "PYTHONPATH", "MPLBACKEND"):
        monkeypatch.delenv(name, raising=False)
    book = as_on_colab(lesson, place)
    NotebookClient(book, kernel_name="colab", timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]
    assert [output for output in outputs if output.output_type == "error"] == []
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []
    views = "application/vnd.jupyter.widget-view+json"
    figures = [output for output in outputs if "image/png" in output.get("data", {}) and views in output.data]
    assert len(figures) >= len(re.findall(r"^labs\.", "\n".join(cell.source for cell in book.cells), re.MULTILINE))
    assert all(output.metadata[views]["colab"]["custom_widget_manager"]["url"] == CDN for output in figures)
    after = set(done(place.python, "-m", "pip", "freeze").splitlines())
    assert set(place.before.splitlines()) <= after
    added = {re.split(r"==| @ ", line)[0] for line in after - set(place.before.splitlines())}
    assert added == {"momentum-course", "anywidget", "psygnal"}
