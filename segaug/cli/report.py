"""`segaug report`: figures and one HTML page of a study."""

from argparse import ArgumentParser, Namespace


def add_arguments(parser: ArgumentParser) -> None:
    """STUDY and the metric that the laws are fitted to."""
    parser.add_argument(
        "study", nargs="?", metavar="STUDY", help="folder or name under results/; default: the last one written"
    )
    parser.add_argument(
        "--metric", default="bce", metavar="METRIC", help="fit the laws to bce (default), bce_recalibrated or 1-dice"
    )


def run(args: Namespace) -> int:
    """Write the report and say where it lies."""
    from segaug.report.page import write_report
    from segaug.results.mirror import log_tables
    from segaug.results.store import Store, find_study
    from segaug.results.tracker import tracker_from_plan

    folder = find_study(args.study)
    written = write_report(folder, args.metric)
    print(f"page     {written.page}")
    print(f"figures  {written.figures[0].parent}  ({len(written.figures)} files, PNG at 300 dpi and SVG)")
    pictures = [path for path in written.figures if path.suffix == ".png"]
    log_tables(folder, tracker_from_plan(Store(folder).plan()), {}, pictures, job_type="report")
    return 0
