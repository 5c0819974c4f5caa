"""Workflows and the container for editors: valid, in step with the course, and honest about where links lead.

None of them was run where these tests were written; CONTRIBUTING.md says so.
"""

import json
import re
import shlex
import subprocess
import sys

import check_jsonschema
import hosted
import pytest
import yaml
from hosted import ROOT
from PIL import Image

from course_lib import links

WORKFLOWS = {path.stem: path for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))}
CONTAINER = ROOT / ".devcontainer" / "devcontainer.json"
SCHEMA = ROOT / "tests" / "devcontainer.schema.json"
TRIED = re.findall(r"Python :: (3\.\d+)", (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
BUILT_IN = ["--builtin-schema", "vendor.github-workflows"]  # comes with the package: nothing is fetched


def is_valid(path, *schema):
    """What check-jsonschema finds; it prints why."""
    with pytest.raises(SystemExit) as ended:
        check_jsonschema.main([str(part) for part in (*schema, path)])
    assert ended.value.code in (0, 1)
    return ended.value.code == 0


def steps(workflow):
    """(job, step) of a workflow."""
    jobs = yaml.safe_load(WORKFLOWS[workflow].read_text(encoding="utf-8"))["jobs"]
    return [(name, step) for name, job in jobs.items() for step in job["steps"]]


def commands(workflow):
    return [step["run"] for _, step in steps(workflow) if "run" in step]


def test_there_are_workflows_for_tests_and_pages():
    assert set(WORKFLOWS) == {"pages", "tests"}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_is_valid(name):
    assert is_valid(WORKFLOWS[name], *BUILT_IN)


@pytest.mark.parametrize(
    "change", [("runs-on", "run-on"), ("steps:", "step:"), ("cancel-in-progress: true", "later: 1")]
)
@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_mistake_in_a_workflow_is_found(name, change, tmp_path):
    text = WORKFLOWS[name].read_text(encoding="utf-8")
    assert change[0] in text
    (tmp_path / "wrong.yml").write_text(text.replace(*change), encoding="utf-8")
    assert not is_valid(tmp_path / "wrong.yml", *BUILT_IN)


def test_the_container_is_valid():
    assert is_valid(CONTAINER, "--schemafile", SCHEMA)


@pytest.mark.parametrize(
    "change", [("image", "images"), ("extensions", "extension"), ('"postCreateCommand": "', '"a": "')]
)
def test_a_mistake_in_the_container_is_found(change, tmp_path):
    (tmp_path / "wrong.json").write_text(CONTAINER.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    assert not is_valid(tmp_path / "wrong.json", "--schemafile", SCHEMA)


def test_linux_has_the_oldest_the_usual_and_the_newest_python():
    matrix = yaml.safe_load(WORKFLOWS["tests"].read_text(encoding="utf-8"))["jobs"]["linux"]["strategy"]["matrix"]
    assert [matrix["python"][0], matrix["python"][-1]] == [TRIED[0], TRIED[-1]]
    assert len(matrix["python"]) == 3 and set(matrix["python"]) <= set(TRIED)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_python_of_a_workflow_was_tried(name):
    named = [step["with"]["python-version"] for _, step in steps(name) if "python-version" in step.get("with", {})]
    assert named and {version for version in named if "matrix" not in version} <= set(TRIED)


def test_every_command_of_the_workflows_is_there():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for line in [*commands("tests"), *commands("pages")]:
        words = shlex.split(re.sub(r"\$\{\{.*?\}\}", "python", line))
        if words[0] == "make":
            assert set(words[1:]) <= targets
        elif words[0] == "python" and words[1] == "-m":
            assert words[2] in ("course_lib", "pytest")
        for word in words:
            if re.match(r"(scripts|notebooks|\.ci)/", word):
                assert (ROOT / word).is_file(), word


def test_pages_sets_the_address_before_anything_is_built():
    first, built, *_ = commands("pages")
    assert first == 'python -m course_lib links "$GITHUB_REPOSITORY"' and built == "make site slides"


def test_the_address_is_set_by_a_python_without_any_package(tmp_path):
    """As in the pages workflow, where nothing is installed yet."""
    for path in [*links.files(ROOT), *(ROOT / "course_lib").glob("*.py")]:
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(path.read_bytes())
    command = [sys.executable, "-S", "-m", "course_lib", "links", "ada/heavy-ball"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert links.address(tmp_path) == "ada/heavy-ball"


def test_the_container_is_installed_as_everywhere_and_opens_a_lesson():
    about = json.loads(CONTAINER.read_text(encoding="utf-8"))
    install, copy = about["postCreateCommand"].split(" && ")
    assert install == "python scripts/install.py lab" and copy == ".venv/bin/python scripts/workspace.py copy"
    assert about["image"].removeprefix("python:") in TRIED
    (opened,) = about["customizations"]["codespaces"]["openFiles"]
    assert (ROOT / opened.replace("work/", "notebooks/")).is_file()


@pytest.mark.parametrize("here", [None, "", "owner/Momentum-Course", "OWNER/momentum-course"])
def test_nothing_is_said_at_home(here):
    assert hosted.sentence(here, "OWNER/momentum-course") == ""


def test_in_a_fork_one_sentence_names_the_line_that_sets_the_links(tmp_path):
    said = hosted.sentence("ada/heavy-ball", "OWNER/momentum-course")
    assert said.startswith("The links of the course lead to OWNER/momentum-course, not to ada/heavy-ball: ")
    assert "python -m course_lib links ada/heavy-ball" in said


def test_the_sentence_stands_at_the_end_of_a_hosted_run_which_passes(monkeypatch):
    monkeypatch.setenv("GITHUB_REPOSITORY", "ada/heavy-ball")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_hosted.py", "-k", "at_home"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0
    said = hosted.sentence("ada/heavy-ball", links.address(ROOT))
    assert result.stdout.count(f"\n::notice::{said}\n") == 1


def test_the_readmes_first_screen_moves_for_five_seconds_and_says_in_words_what_happens():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    alternative, file = re.search(r"!\[([^\]]+)\]\(([^)]+)\)", readme).groups()
    assert readme.index(alternative) < readme.index("\n## ") and len(alternative.split()) > 30
    assert (ROOT / file).stat().st_size <= 1_500_000
    with Image.open(ROOT / file) as picture:
        shown = []
        for number in range(picture.n_frames):
            picture.seek(number)
            picture.load()  # only then it tells how long
            shown.append(picture.info["duration"])
        assert len(shown) > 30 and sum(shown) <= 5000
        assert picture.info["loop"] == 1  # it plays once, and rests on the last
