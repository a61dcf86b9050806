"""`segaug need`: how many labelled images a target needs, read from the curves of a study."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from segaug.cli.study_or_table import add_source, read_table, table_of

if TYPE_CHECKING:
    from segaug.analysis.planning.target import Target

_EPILOG = (
    "The answer is training images N plus validation images V, with a 95 % interval over seeds on this test set. "
    "Nothing is said outside the measured sizes unless the law may be extrapolated, and then at most to 4 times the "
    "largest one."
)


def add_arguments(parser: ArgumentParser) -> None:
    """Options of the command."""
    parser.epilog = _EPILOG
    add_source(parser)
    parser.add_argument(
        "--target", required=True, metavar="MEASURE=VALUE",
        help="dice=0.9, bce=0.05 or dice/rv=0.9 (of one structure): mean over test cases and trainings; of a table "
        "error=0.1, or its own word",
    )  # fmt: skip


def run(args: Namespace) -> int:
    """Print one table for each task and model, write <study>/need/<target>.csv."""
    if source := table_of(args):
        return _table(source, args)
    from segaug import terminal
    from segaug.analysis.csv_text import csv_bytes
    from segaug.analysis.planning.curve_need import curve_needs, needs_frame
    from segaug.analysis.planning.target import KEY, read_target
    from segaug.analysis.trials.measured import measured, not_measured
    from segaug.analysis.trials.table import study_trials
    from segaug.cli.need_output import print_needs
    from segaug.files import write_atomic
    from segaug.results.inside import inside
    from segaug.results.snapshot import Snapshot
    from segaug.results.store import find_study

    target = read_target(args.target)
    folder = find_study(args.study)
    table = measured(study_trials(Snapshot(folder)), target.metric, KEY)
    needs = curve_needs(table, target)
    path = inside(folder, "need", _file(target))
    write_atomic(path, csv_bytes(needs_frame(needs, target)))
    console = terminal.console(markup=False)
    print_needs(needs, target, console)
    if note := not_measured(table):
        console.print(note, soft_wrap=True)
    console.print(f"wrote {path}", soft_wrap=True)
    return 0


def _file(target: "Target") -> str:
    from segaug.file_name import file_name
    from segaug.measures import stem_of

    return f"{file_name(f'{stem_of(target.measure)}_{target.value:g}')}.csv"


def _table(path: Path, args: Namespace) -> int:
    """The same of a table, which knows of no images for validation; writes <table>_need/<target>.csv."""
    from segaug import terminal
    from segaug.analysis.csv_text import csv_bytes
    from segaug.analysis.planning.curve_need import curve_needs, needs_frame
    from segaug.analysis.planning.target import table_target
    from segaug.cli.need_output import print_needs
    from segaug.files import write_atomic
    from segaug.results.inside import inside

    table = read_table(path, args)
    target = table_target(args.target, table.reading.measure, overlap=table.reading.overlap)
    needs = curve_needs(table.trials.assign(validation_labels=0, count="images"), target)
    written = inside(path.with_name(f"{path.stem}_need"), _file(target))
    write_atomic(written, csv_bytes(needs_frame(needs, target)))
    console = terminal.console(markup=False)
    print_needs(needs, target, console)
    console.print("V = 0: a table says nothing of images for validation; add yours", soft_wrap=True)
    console.print(f"wrote {written}", soft_wrap=True)
    return 0
