"""The repository's address, OWNER/NAME, has one home, pyproject.toml; this writes another one wherever it stands.

Colab, Binder and the set-up cells need it in full. Standard library only.
"""

import re
import tomllib
from pathlib import Path

BRANCH = "main"  # which version Colab and Binder open
# What stands before OWNER/NAME: GitHub itself, Colab's and Binder's way to name a repository there.
BEFORE = r"(github\.com/|colab\.research\.google\.com/github/|mybinder\.org/v2/gh/)"
PLACES = ("pyproject.toml", "README.md", "CITATION.cff", "docs/*.md", "notebooks/*.ipynb")
ADDRESS = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?/[A-Za-z0-9._-]+"


def address(root: Path) -> str:
    """The address in pyproject.toml."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project["urls"]["Repository"].removeprefix("https://github.com/")


def files(root: Path) -> list[Path]:
    """The files in which the address may stand."""
    return sorted(path for pattern in PLACES for path in root.glob(pattern))


def rewrite(root: Path, new: str) -> list[Path]:
    """Write `new` in the place of the present address; returns the files that changed.

    ValueError where `new` is no OWNER/NAME, or `root` not the course's repository.
    """
    if not re.fullmatch(ADDRESS, new):
        raise ValueError(f"{new!r} is no address on GitHub: give OWNER/NAME, such as ada/momentum-course")
    if not (root / "pyproject.toml").is_file():
        raise ValueError(f"{root} is not the repository: links are rewritten in a clone of the course")
    present = (BEFORE + re.escape(address(root)) + r"(?![A-Za-z0-9_-])").encode()
    texts = {path: path.read_bytes() for path in files(root)}  # bytes: line ends stay what they are
    renewed = {path: re.sub(present, rb"\g<1>" + new.encode(), text) for path, text in texts.items()}
    changed = [path for path in texts if renewed[path] != texts[path]]
    for path in changed:
        path.write_bytes(renewed[path])
    return changed
