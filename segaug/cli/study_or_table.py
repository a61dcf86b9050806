"""What a command reads: a study's records, or a table of trials from anywhere."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from segaug.errors import ConfigError

_TABLES = (".csv", ".parquet")


def add_source(parser: ArgumentParser) -> None:
    """The study or table, and what has to be said of a table."""
    parser.add_argument(
        "study", nargs="?", metavar="STUDY|TABLE",
        help="study folder, or its name under results/ (default: the latest one); or a .csv or .parquet file with the "
        "columns curve, N, seed, error",
    )  # fmt: skip
    parser.add_argument(
        "--nested", action="store_true", help="of a table: a seed's smaller subsets are part of its larger ones"
    )


def table_of(args: Namespace) -> Path | None:
    """The table, None for a study; raises ConfigError for an option that is of the other."""
    if args.study and args.study.lower().endswith(_TABLES):
        if args.metric:
            raise ConfigError(
                key="--metric", problem="is of studies", fix="leave it out; a table has one error a trial"
            )
        return Path(args.study)
    if args.nested:
        raise ConfigError(
            key="--nested", problem="is of tables", fix="leave it out; records of a study say how they drew subsets"
        )
    return None
