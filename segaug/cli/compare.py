"""`segaug compare`: paired differences between the strategies of a study, printed and written beside the records."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from segaug.cli.metric_text import add_metric
from segaug.cli.site_option import add_site, refuse_site
from segaug.cli.study_or_table import add_source, read_table, table_of

if TYPE_CHECKING:
    from segaug.analysis.comparison.comparison import Comparisons
    from segaug.results.snapshot import Snapshot


def add_arguments(parser: ArgumentParser) -> None:
    """Options of the command."""
    add_source(parser)
    parser.add_argument(
        "--baseline", default="baseline", help="strategy that the others are compared with (default: %(default)s)"
    )
    add_metric(parser, "compare")
    add_site(parser)


def run(args: Namespace) -> int:
    """Compare, print, and write <study>/compare/."""
    from segaug.analysis.comparison.compare import compare_source, compare_table
    from segaug.cli import compare_files, compare_output
    from segaug.file_name import file_name
    from segaug.results.inside import inside
    from segaug.results.snapshot import Snapshot
    from segaug.results.store import find_study

    falls: list[str] = []
    if table := table_of(args):
        refuse_site(args, "a table")
        comparisons = compare_table(read_table(table, args), args.baseline)
        folder = table.with_name(f"{table.stem}_compare")
    else:
        snapshot = Snapshot(find_study(args.study))
        folder = inside(snapshot.folder, "compare", *([] if args.site is None else [file_name(args.site)]))
        if args.site is not None:
            comparisons, falls = _at_site(snapshot, args)
        else:
            comparisons = compare_source(snapshot, args.metric, args.baseline)
    for line in (*compare_output.lines(comparisons), *falls):
        print(line)
    written = compare_files.write(folder, comparisons)
    print(f"\nwrote {', '.join(written)} to {folder}")
    return 0


def _at_site(snapshot: "Snapshot", args: Namespace) -> "tuple[Comparisons, list[str]]":
    """On the test set of one site; and whether strategies shrink the fall to it."""
    from segaug.analysis.comparison.compare import compare_source
    from segaug.analysis.sites.fall import falls_to
    from segaug.analysis.sites.scored import Scored
    from segaug.cli.fall_output import shrinking_lines

    scored = Scored(snapshot)
    comparisons = compare_source(scored.source(args.site), args.metric, args.baseline)
    shrinking = list(shrinking_lines(falls_to(scored, args.site, args.metric, args.baseline), args.baseline))
    return comparisons, ["", *shrinking] if shrinking else []
