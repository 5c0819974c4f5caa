"""Where the course lives on GitHub. The address has one home, pyproject.toml; all other places are rewritten from it.

Colab, Binder and the set-up cells need the address in full, so it stands in several files. Standard library only.
"""

import re
import tomllib
from pathlib import Path

BRANCH = "main"  # which version Colab and Binder open
# What stands before OWNER/NAME: GitHub itself, Colab's and Binder's way to name a repository there.
BEFORE = r"(github\.com/|colab\.research\.google\.com/github/|mybinder\.org/v2/gh/)"
PATTERNS = ("pyproject.toml", "README.md", "CITATION.cff", "docs/*.md", "notebooks/*.ipynb")
ADDRESS = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?/[A-Za-z0-9._-]+")


def address(root: Path) -> str:
    """OWNER/NAME of the repository, from pyproject.toml."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project["urls"]["Repository"].removeprefix("https://github.com/")


def colab(root: Path, lesson: str) -> str:
    """Where Colab opens a lesson, given by the name of its file."""
    return f"https://colab.research.google.com/github/{address(root)}/blob/{BRANCH}/notebooks/{lesson}"


def binder(root: Path, lesson: str) -> str:
    """Where Binder starts JupyterLab with a lesson, given by the name of its file."""
    return f"https://mybinder.org/v2/gh/{address(root)}/{BRANCH}?urlpath=lab/tree/notebooks/{lesson}"


def files(root: Path) -> list[Path]:
    """The files in which the address may stand."""
    return sorted(path for pattern in PATTERNS for path in root.glob(pattern))


def rewrite(root: Path, new: str) -> list[Path]:
    """Put `new`, an OWNER/NAME, in the place of the present address everywhere; returns the files that changed.

    Raises ValueError where `new` is not of that form or where `root` is not the course's repository.
    """
    if not ADDRESS.fullmatch(new):
        raise ValueError(f"{new!r} is no address on GitHub: give OWNER/NAME, such as ada/momentum-course")
    if not (root / "pyproject.toml").is_file():
        raise ValueError(f"{root} is not the repository: links are rewritten in a clone of the course")
    present = re.compile(BEFORE + re.escape(address(root)) + r"(?![A-Za-z0-9_-])")
    changed = []
    for path in files(root):
        text = path.read_bytes().decode("utf-8")  # as it is: line ends stay what they are
        renewed = present.sub(rf"\g<1>{new}", text)
        if renewed != text:
            path.write_bytes(renewed.encode("utf-8"))
            changed.append(path)
    return changed
