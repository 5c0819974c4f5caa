"""Run the topics, print their tables and write them to RESULTS.md; --quick only prints."""

import argparse
from importlib import import_module

from . import report
from .timing import measure

TOPICS = ("descent",)  # one file each, with rows() -> list of Row


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("topics", nargs="*", metavar="topic", help=f"of {', '.join(TOPICS)}; all if none is given")
    parser.add_argument("--quick", action="store_true", help="few repeats, and RESULTS.md stays as it is")
    args = parser.parse_args()
    if unknown := set(args.topics) - set(TOPICS):
        parser.error(f"there is no topic {', '.join(sorted(unknown))}: topics are {', '.join(TOPICS)}")

    sections = {}
    for topic in args.topics or TOPICS:
        module = import_module(f".{topic}", __package__)
        results = [measure(row, repeats=3 if args.quick else 21) for row in module.rows()]
        sections[topic] = report.section(module.__doc__, results)
        print(sections[topic])
    if not args.quick:
        report.write(sections)
        print(f"written to {report.RESULTS}")


if __name__ == "__main__":
    main()
