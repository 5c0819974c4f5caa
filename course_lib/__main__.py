"""`python -m course_lib` checks the installation; `python -m course_lib grade FOLDER` grades a class's notebooks.

`python -m course_lib links OWNER/NAME` sets where links lead: with a fork, or when the repository moves, call it in a
clone, and commit what it changed.
"""

import argparse
import sys

from course_lib import installation, links


def check() -> int:
    """One line a finding; 0 when all is well, 1 when something needs mending."""
    findings = installation.check()
    print(*findings, sep="\n")
    return 0 if all(finding.ok for finding in findings) else 1


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m course_lib", description=__doc__)
    commands = parser.add_subparsers(title="commands", dest="command")
    commands.add_parser("check", help="check this installation (the default)")
    moving = commands.add_parser("links", help="write the repository's address into all links")
    moving.add_argument("address", metavar="OWNER/NAME", help="where the repository is on GitHub")
    commands.add_parser("grade", help="grade a folder of notebooks, and report their mistakes", add_help=False)
    options, others = parser.parse_known_args(argv)
    if options.command == "grade":
        try:
            from course_lib import grading  # here, since the check must work where numpy does not
        except ModuleNotFoundError as missing:
            print(f"Grading needs {missing.name}: {installation.install(missing.name)}", file=sys.stderr)
            return 1
        return grading.main(others)
    if others:
        parser.error(f"unrecognized arguments: {' '.join(others)}")
    if options.command != "links":
        return check()
    try:
        changed = links.rewrite(installation.repository(), options.address)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{len(changed)} files now say {options.address}", *changed, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
