"""Environments of other places, built under build/places/ and kept, so that a second run is quicker."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "build" / "places"


def environment(name, *requirements, python=None, seed=False):
    """The Python of an environment in which the requirements are installed; seed: with a pip of its own."""
    assert shutil.which("uv"), "this test needs uv: pip install uv"
    folder = HOME / name
    version = ["--python", python or sys.executable, "--no-python-downloads"]
    done("uv", "venv", "--quiet", "--clear", *version, *(["--seed"] if seed else []), folder)
    interpreter = folder / "bin" / "python"
    done("uv", "pip", "install", "--quiet", "--python", interpreter, *requirements)
    return interpreter


def copy_of_the_repository(folder):
    """The files as they stand, without what git leaves out."""
    leave = shutil.ignore_patterns(".venv", "build", "work", ".git", "*.egg-info", "__pycache__", ".*_cache")
    return Path(shutil.copytree(ROOT, folder, ignore=leave))


def done(*command, both=False, **options):
    """What a command printed (both: on stderr, too); if it failed, the test fails with what it said."""
    settings = {"cwd": ROOT, "env": clean()} | options
    outcome = subprocess.run([str(part) for part in command], **settings, capture_output=True, text=True)
    assert outcome.returncode == 0, f"{command}\n{outcome.stdout}\n{outcome.stderr}"
    return outcome.stdout + outcome.stderr if both else outcome.stdout


def clean():
    """Our environment variables without those that point to our own environment."""
    ours = ("VIRTUAL_ENV", "PYTHONPATH", "MPLBACKEND", "COURSE_LIVE")
    return {name: value for name, value in os.environ.items() if name not in ours}
