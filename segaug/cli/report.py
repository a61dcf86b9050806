"""`segaug report`: figures and one HTML page of a study."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from segaug.cli.metric_text import add_metric

if TYPE_CHECKING:
    from segaug.report.blocks.failed import Failed


def add_arguments(parser: ArgumentParser) -> None:
    """STUDY and the metric that the laws are fitted to."""
    parser.epilog = "Exit code: 0 when all of it was made, 1 when any section or figure failed; the others stand."
    parser.add_argument(
        "study", nargs="?", metavar="STUDY", help="folder or name under results/; default: the last one written"
    )
    add_metric(parser, "fit the laws to")
    parser.add_argument(
        "--figures", choices=("all", "published"), default="all",
        help="all: page and figures (default); published: only figures 1, 2 and 3 in the layout of arXiv 2511.13883",
    )  # fmt: skip


def run(args: Namespace) -> int:
    """Write the report, say where it lies, and what of it could not be made."""
    from segaug.report.blocks.freed_memory import keep_no_freed_memory
    from segaug.results.store import find_study

    keep_no_freed_memory()
    folder = find_study(args.study)
    if args.figures == "published":
        from segaug.report.curves.published_figures import write_published

        figures, failures = write_published(folder, args.metric)
        _say_figures(figures)
        return _say_failures(failures)
    from segaug.report.page import write_report
    from segaug.results.mirror import log_tables
    from segaug.results.store import Store
    from segaug.results.tracker import tracker_from_plan

    written = write_report(folder, args.metric)
    print(f"page     {written.page}")
    _say_figures(written.figures)
    pictures = [path for path in written.figures if path.suffix == ".png"]
    log_tables(folder, tracker_from_plan(Store(folder).plan()), {}, pictures, job_type="report")
    return _say_failures(written.failures)


def _say_figures(paths: Sequence[Path]) -> None:
    if paths:
        print(f"figures  {paths[0].parent}  ({len(paths)} files, PNG at 300 dpi and SVG)")


def _say_failures(failures: "Sequence[Failed]") -> int:
    """One line each, on standard error; the exit code."""
    for failure in failures:
        print(f"segaug: failed: {failure}; the rest stands", file=sys.stderr)
    return 1 if failures else 0
