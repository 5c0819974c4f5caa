"""Trainings that take minutes, recorded once. scripts/record_training.py ran them, a test runs a part of each again."""

import json
from pathlib import Path

PATH = Path(__file__).with_name("recorded.json")


def recorded(name):
    """One of the recorded studies: "coursera", "batches" or "race"; what is in it is said where it was made."""
    return json.loads(PATH.read_text(encoding="utf-8"))[name]
