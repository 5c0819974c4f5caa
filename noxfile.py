"""The matrix: all tests on each Python with the newest packages, with the lowest allowed, and with ipywidgets 7.

    make test-matrix                                  all rows, one after the other
    make test-matrix ARGS="-s newest-3.14 -- -x"      one of them, with options of pytest
    make test-matrix ARGS=--list                      their names

Needs uv, and Pythons that are installed (with pyenv: PYENV_VERSION=3.11.7:3.12.1:3.13.0 before the command): a row
without its Python fails. A second run uses the same environments.
"""

import nox

PYTHONS = nox.project.python_versions(nox.project.load_toml("pyproject.toml"))
# What is the same in every environment, or is about the pinned versions only.
CHOSEN = ("-m", "not pinned")

nox.options.default_venv_backend = "uv"  # pip does not know --resolution
nox.options.download_python = "never"
nox.options.envdir = "build/matrix"
nox.options.error_on_missing_interpreters = True
nox.options.reuse_venv = "yes"


def run(session: nox.Session, *requirements: str) -> None:
    session.install(*requirements, "-e", ".[test]")
    session.run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", *CHOSEN, *session.posargs)


@nox.session(python=PYTHONS)
def newest(session: nox.Session) -> None:
    run(session, "--upgrade")


@nox.session(python=PYTHONS[0])
def lowest(session: nox.Session) -> None:
    # matplotlib 3.9 calls what today's pyparsing has renamed, and warnings are errors here
    run(session, "--resolution=lowest-direct", "pyparsing==3.2.5")


@nox.session(python="3.12")  # Colab's
def widgets7(session: nox.Session) -> None:
    run(session, "ipywidgets==7.7.1")
