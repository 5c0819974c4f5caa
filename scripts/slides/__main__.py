"""Build the slides, or `place CELL=lecture-45:1.5 ...`: give slides of a lesson their place in the lectures."""

import argparse
import sys
from pathlib import Path

from scripts.slides import places


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.slides", description=__doc__)
    parser.add_argument("command", choices=["place"])
    parser.add_argument("notebook", type=Path)
    parser.add_argument("places", nargs="*", metavar="CELL=PLACE", help="more, or a tag and minutes: lecture-45:1.5")
    given = parser.parse_args(arguments)
    try:
        print(places.place_in(given.notebook, given.places))
    except (places.PlaceError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
