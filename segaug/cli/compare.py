"""`segaug compare`: paired differences between the strategies of a study, printed and written beside the records."""

from argparse import ArgumentParser, Namespace

from segaug.cli.metric_text import add_metric
from segaug.cli.study_or_table import add_source, read_table, table_of


def add_arguments(parser: ArgumentParser) -> None:
    """Options of the command."""
    add_source(parser)
    parser.add_argument(
        "--baseline", default="baseline", help="strategy that the others are compared with (default: %(default)s)"
    )
    add_metric(parser, "compare")


def run(args: Namespace) -> int:
    """Compare, print, and write <study>/compare/."""
    from segaug.analysis.comparison.compare import compare_study, compare_table
    from segaug.cli import compare_files, compare_output
    from segaug.results.inside import inside
    from segaug.results.store import find_study

    if table := table_of(args):
        comparisons = compare_table(read_table(table, args), args.baseline)
        folder = table.with_name(f"{table.stem}_compare")
    else:
        study = find_study(args.study)
        folder = inside(study, "compare")
        comparisons = compare_study(study, args.metric, args.baseline)
    for line in compare_output.lines(comparisons):
        print(line)
    written = compare_files.write(folder, comparisons)
    print(f"\nwrote {', '.join(written)} to {folder}")
    return 0
