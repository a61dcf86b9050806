"""`segaug compare`: paired differences between the strategies of a study, printed and written beside the records."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from segaug.errors import ConfigError

if TYPE_CHECKING:
    from segaug.analysis.metric import Metric

_METRICS = ("bce", "bce_recalibrated", "1-dice", "validation_bce")  # those of analysis/metric.py, which is too heavy
_TABLES = (".csv", ".parquet")


def add_arguments(parser: ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument(
        "study", nargs="?", metavar="STUDY|TABLE",
        help="study folder, or its name under results/ (default: the latest one); or a .csv or .parquet file with the "
        "columns curve, N, seed, error",
    )  # fmt: skip
    parser.add_argument(
        "--baseline", default="baseline", help="strategy that the others are compared with (default: %(default)s)"
    )
    parser.add_argument("--metric", choices=_METRICS, help="test error to compare (default: bce)")
    parser.add_argument(
        "--nested", action="store_true", help="of a table: a seed's smaller subsets are part of its larger ones"
    )


def run(args: Namespace) -> int:
    """Compare, print, and write <study>/compare/."""
    from segaug.analysis.comparison.compare import compare_study, compare_table
    from segaug.cli import compare_files, compare_output
    from segaug.results.store import find_study

    if args.study and args.study.lower().endswith(_TABLES):
        if args.metric:
            raise ConfigError(
                key="--metric", problem="is of studies", fix="leave it out; a table has one error a trial"
            )
        table = Path(args.study)
        found = compare_table(table, args.baseline, nested=args.nested)
        folder = table.with_name(f"{table.stem}_compare")
    else:
        if args.nested:
            raise ConfigError(
                key="--nested", problem="is of tables", fix="leave it out; records of a study say how they drew subsets"
            )
        study = find_study(args.study)
        metric: Metric = args.metric if args.metric else "bce"
        found = compare_study(study, metric, args.baseline)
        folder = study / "compare"
    for line in compare_output.lines(found):
        print(line)
    written = compare_files.write(folder, found)
    print(f"\nwrote {', '.join(written)} to {folder}")
    return 0
