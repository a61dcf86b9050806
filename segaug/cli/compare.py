"""`segaug compare`: paired differences between the strategies of a study, printed and written beside the records."""

from argparse import ArgumentParser, Namespace

from segaug.analysis.metric import METRICS


def add_arguments(parser: ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("study", nargs="?", help="study folder, or its name under results/; default: the latest one")
    parser.add_argument(
        "--baseline", default="baseline", help="strategy that the others are compared with (default: %(default)s)"
    )
    parser.add_argument(
        "--metric", choices=METRICS, default=METRICS[0], help="test error to compare (default: %(default)s)"
    )


def run(args: Namespace) -> int:
    """Pair the trials by seed, print one table for each task and network, write <study>/compare/<baseline>.csv."""
    from rich.console import Console

    from segaug.analysis.compare import paired_differences
    from segaug.analysis.export import csv_bytes
    from segaug.cli.compare_output import tables
    from segaug.results.store import Store, find_study, write_atomic

    store = Store(find_study(args.study))
    found = paired_differences(store.records(), args.metric, args.baseline)
    console = Console(markup=False, highlight=False)
    for table in tables(found, args.metric, args.baseline):
        console.print(table)
    path = store.folder / "compare" / f"{args.metric}_against_{args.baseline.replace('/', '_')}.csv"
    write_atomic(path, csv_bytes(found))
    console.print(f"wrote {path}", soft_wrap=True)
    return 0
