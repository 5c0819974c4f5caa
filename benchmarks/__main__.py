"""Run the topics, print their tables and write them to RESULTS.md; --quick only prints."""

import argparse
from importlib import import_module

from . import report
from .timing import Unavailable, measure

# One file each, with rows() -> list of Row; or, if it takes the time itself, HEAD and table(quick) -> rows of texts.
TOPICS = ("descent", "live_figures", "training")


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("topics", nargs="*", metavar="topic", help=f"of {', '.join(TOPICS)}; all if none is given")
    parser.add_argument("--quick", action="store_true", help="few repeats, and RESULTS.md stays as it is")
    args = parser.parse_args()
    if unknown := set(args.topics) - set(TOPICS):
        parser.error(f"there is no topic {', '.join(sorted(unknown))}: topics are {', '.join(TOPICS)}")

    for topic in args.topics or TOPICS:
        try:
            section = run(import_module(f".{topic}", __package__), args.quick)
        except Unavailable as reason:
            print(f"NOT MEASURED: {topic}. {reason}\n")
            continue
        print(section)
        if not args.quick:
            report.write({topic: section})
            print(f"written to {report.RESULTS}\n")


def run(module, quick):
    """A topic's section of the report."""
    if hasattr(module, "table"):
        return report.section(module.__doc__, module.HEAD, module.table(quick))
    results = [measure(row, repeats=3 if quick else 21) for row in module.rows()]
    return report.section(module.__doc__, report.TIMED, map(report.timed, results))


if __name__ == "__main__":
    main()
