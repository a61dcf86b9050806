"""What a command reads: a study's records, or a table of trials from anywhere."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from segaug.errors import ConfigError

if TYPE_CHECKING:
    from segaug.analysis.foreign.table import ForeignTable

TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".ods", ".parquet")  # those of analysis/foreign/file.py
_OPTIONS = {"nested": "records of a study say how they drew subsets", "columns": "records of a study have names"}


def add_source(parser: ArgumentParser) -> None:
    """The study or table, and what has to be said of a table."""
    parser.add_argument(
        "study", nargs="?", metavar="STUDY|TABLE",
        help=f"study folder, or its name under results/ (default: the latest one); or a table ({', '.join(TABLES)}) "
        "with columns N and error, and curve and seed where there are several",
    )  # fmt: skip
    add_table_options(parser)


def add_table_options(parser: ArgumentParser) -> None:
    """What has to be said of a table."""
    parser.add_argument(
        "--columns", metavar="OURS=THEIRS,...", help="of a table: what its columns are, such as error=dice,N=n_train; "
        "a Dice or an accuracy is read as 1 minus it",
    )  # fmt: skip
    parser.add_argument(
        "--nested", action="store_true", help="of a table: a seed's smaller subsets are part of its larger ones"
    )


def table_of(args: Namespace) -> Path | None:
    """The table, None for a study; raises ConfigError for an option that is of the other."""
    if args.study and args.study.lower().endswith(TABLES) and not Path(args.study).is_dir():
        if getattr(args, "metric", None):
            raise ConfigError(
                key="--metric", problem="is of studies", fix="leave it out; a table has one error a trial (--columns)"
            )
        return Path(args.study)
    for name, why in _OPTIONS.items():
        if getattr(args, name):
            raise ConfigError(key=f"--{name}", problem="is of tables", fix=f"leave it out; {why}")
    return None


def read_table(path: Path, args: Namespace) -> "ForeignTable":
    """The table, after a line that says what was taken for what."""
    from segaug.analysis.foreign.naming import read_columns
    from segaug.analysis.foreign.table import from_frame
    from segaug.terminal import wrapped

    table = from_frame(path, nested=args.nested, columns=read_columns(args.columns) if args.columns else None)
    for line in wrapped(str(table.reading)):
        print(line)
    return table
