"""Where the course is on GitHub: how Colab and Binder open it there, and whether its links lead where the tests run."""

from pathlib import Path

from course_lib import links

ROOT = Path(__file__).resolve().parent.parent


def colab(lesson):
    """Where Colab opens a lesson, given by the name of its file."""
    return f"https://colab.research.google.com/github/{links.address(ROOT)}/blob/{links.BRANCH}/notebooks/{lesson}"


def binder(lesson):
    """Where Binder starts JupyterLab with a lesson, given by the name of its file."""
    return f"https://mybinder.org/v2/gh/{links.address(ROOT)}/{links.BRANCH}?urlpath=lab/tree/notebooks/{lesson}"


def sentence(here, address):
    """What to say where tests run in the repository `here` (None: not on GitHub), and the links name `address`."""
    if not here or here.lower() == address.lower():
        return ""
    return f"The links of the course lead to {address}, not to {here}: python -m course_lib links {here} sets them."
