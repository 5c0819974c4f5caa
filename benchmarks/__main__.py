"""Run the topics, print their tables and write each to RESULTS.md when it is done; --quick only prints."""

import argparse
import sys
import time
import traceback
from importlib import import_module

from . import report, summary
from .timing import QUICK, REPEATS, Unavailable, measure

# One file each, with rows() -> Rows, in the order of the report; or, if it takes the time itself, HEAD and
# table(repeats) -> rows of texts. PACKAGES: whose versions matter. The long ones come last.
TOPICS = ("descent", "sweeps", "training", "live_figures", "sizes")


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("topics", nargs="*", metavar="topic", help=f"of {', '.join(TOPICS)}; all if none is given")
    parser.add_argument("--quick", action="store_true", help="few repeats, and RESULTS.md stays as it is")
    args = parser.parse_args(arguments)
    if unknown := set(args.topics) - set(TOPICS):
        parser.error(f"there is no topic {', '.join(sorted(unknown))}: topics are {', '.join(TOPICS)}")

    failed = 0
    for topic in [topic for topic in TOPICS if topic in args.topics] or TOPICS:
        begin = time.monotonic()
        progress(f"{topic} ...")
        try:
            section = run(import_module(f".{topic}", __package__), QUICK if args.quick else REPEATS)
        except Unavailable as reason:
            failed = 1
            progress(f"NOT MEASURED: {topic}. {reason}")
            continue
        except Exception:  # the other topics are still worth their time
            failed = 1
            progress(f"FAILED: {topic}.\n{traceback.format_exc()}")
            continue
        print(section)
        if not args.quick:
            report.write({topic: section}, TOPICS)
            summary.write()
        progress(f"{topic}: {time.monotonic() - begin:.0f} s\n")
    return failed


def run(module, repeats):
    """A topic's section of the report."""
    packages = getattr(module, "PACKAGES", ())
    if hasattr(module, "table"):
        return report.section(module.__doc__, module.HEAD, module.table(repeats), packages)
    return report.section(module.__doc__, report.TIMED, [timed(row, repeats) for row in module.rows()], packages)


def timed(row, repeats):
    """The cells of a row, measured; where the peer is not installed, they say so."""
    progress(f"  {row.name}; {row.peer_name}")
    try:
        return report.timed(measure(row, repeats))
    except (ImportError, Unavailable) as reason:
        return report.missing(row, reason)


def progress(text):
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
