"""`python -m course_lib` checks the installation and prints the command that mends what is wrong."""

import argparse
import sys

from course_lib import installation


def check(_options: argparse.Namespace) -> int:
    """One line a finding; 0 when all is well, 1 when something needs mending."""
    findings = installation.check()
    for finding in findings:
        print(finding)
    return 0 if all(finding.ok for finding in findings) else 1


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m course_lib", description=__doc__)
    parser.set_defaults(run=check)
    commands = parser.add_subparsers(title="commands")
    commands.add_parser("check", help="check this installation (the default)").set_defaults(run=check)
    options = parser.parse_args(argv)
    return options.run(options)


if __name__ == "__main__":
    sys.exit(main())
