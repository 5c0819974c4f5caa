"""Run the topics, print their tables and write each to RESULTS.md when it is done; --quick only prints."""

import argparse
import sys
from importlib import import_module

from scripts.chromium import NoBrowser

from . import report

TOPICS = ("descent", "live_figures")  # one file each, with HEAD, PACKAGES and table(repeats) -> rows of texts
REPEATS, QUICK = 15, 3


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("topics", nargs="*", metavar="topic", help=f"of {', '.join(TOPICS)}; or all")
    parser.add_argument("--quick", action="store_true", help="few repeats, and RESULTS.md stays as it is")
    args = parser.parse_args(arguments)
    if unknown := set(args.topics) - set(TOPICS):
        parser.error(f"there is no topic {', '.join(sorted(unknown))}: topics are {', '.join(TOPICS)}")
    for topic in args.topics or TOPICS:
        module = import_module(f".{topic}", __package__)
        try:
            rows = list(module.table(QUICK if args.quick else REPEATS))
        except NoBrowser as reason:
            sys.exit(f"NOT MEASURED: {topic}. {reason}")
        text = report.section(module.__doc__, module.HEAD, rows, module.PACKAGES)
        print(text)
        if not args.quick:
            report.store(topic, text)


if __name__ == "__main__":
    main()
