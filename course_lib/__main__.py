"""`python -m course_lib` checks the installation; `python -m course_lib links OWNER/NAME` moves the course."""

import argparse
import sys

from course_lib import installation, links


def check(_options: argparse.Namespace) -> int:
    """One line a finding; 0 when all is well, 1 when something needs mending."""
    findings = installation.check()
    for finding in findings:
        print(finding)
    return 0 if all(finding.ok for finding in findings) else 1


def move(options: argparse.Namespace) -> int:
    """Rewrite every link to the repository; 2 where the address cannot be one."""
    root = installation.repository()
    try:
        changed = links.rewrite(root, options.address)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    for path in changed:
        print(path.relative_to(root))
    print(f"{len(changed)} files now say {options.address}")
    return 0


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m course_lib", description=__doc__)
    parser.set_defaults(run=check)
    commands = parser.add_subparsers(title="commands")
    commands.add_parser("check", help="check this installation (the default)").set_defaults(run=check)
    moving = commands.add_parser("links", help="rewrite all links after the repository has moved")
    moving.add_argument("address", metavar="OWNER/NAME", help="where the repository is on GitHub")
    moving.set_defaults(run=move)
    options = parser.parse_args(argv)
    return options.run(options)


if __name__ == "__main__":
    sys.exit(main())
