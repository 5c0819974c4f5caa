"""Binder, as far as it goes without a container engine: repo2docker reads the repository and writes its Dockerfile."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from surroundings import HOME, ROOT, copy_of_the_repository, done, environment


@pytest.fixture(scope="module")
def dockerfile(tmp_path_factory):
    """What repo2docker would build, from a copy of the repository as it stands."""
    folder = copy_of_the_repository(tmp_path_factory.mktemp("binder") / "repository")
    environment("binder", "jupyter-repo2docker")
    command = HOME / "binder" / "bin" / "jupyter-repo2docker"
    return done(command, "--no-build", "--debug", ".", cwd=folder, both=True)


@pytest.mark.slow
def test_the_environment_is_read_with_its_python(dockerfile):
    assert "Building conda environment for python=3.12" in dockerfile
    assert 'env update -p ${NB_PYTHON_PREFIX} --file "environment.yml"' in dockerfile


@pytest.mark.slow
def test_the_course_is_there_before_it_is_installed(dockerfile):
    assert dockerfile.index("COPY --chown=0:0 src/ ${REPO_DIR}/") < dockerfile.index("env update")


@pytest.mark.slow
def test_the_jupyterlab_binder_starts_with_is_within_our_bounds(dockerfile):
    (lock,) = (HOME / "binder").glob("lib/python*/site-packages/repo2docker/buildpacks/conda/*3.12-linux-64.lock")
    (version,) = set(re.findall(r"/jupyterlab-([\d.]+)-", lock.read_text(encoding="utf-8")))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (wanted,) = map(Requirement, project["optional-dependencies"]["lab"])
    assert wanted.specifier.contains(version)
