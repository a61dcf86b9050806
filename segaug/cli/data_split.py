"""`segaug data split`: which part of a data set is for testing, validating, registering against and training."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from segaug import terminal
from segaug.cli.composing import add_trial, composed

if TYPE_CHECKING:
    from segaug.data.task import Task


def add_arguments(parser: ArgumentParser) -> None:
    """Add the data set and the output format."""
    parser.epilog = (
        "The split is the same for every size, seed and strategy.  Masks of the external part are never opened.  "
        "Example: segaug data split sunnybrook dataset.split.min_validation=40"
    )
    add_trial(parser)
    parser.add_argument("--csv", action="store_true", help="print a row for each image: id, site, patient, part")


def run(args: Namespace) -> int:
    """Decode the set, where no earlier command has, and print its parts."""
    from segaug.experiment.planned.plan import load

    trial = composed(args)
    task = load(trial)
    if args.csv:
        print(_csv(task), end="")
        return 0
    console = terminal.console(wide=True)
    console.print(f"[bold]{escape(trial.task)}[/]   {len(task.ids)} images of {len(set(task.patients))} patients")
    console.print(_table(task))
    if task.form.sources[1:]:
        tested = escape(task.form.sources[task.tested])
        console.print(f"validation and test are of {tested}, and all sources are in the pool", soft_wrap=True)
    return 0


def _rows(task: "Task") -> dict[str, tuple[int, ...]]:
    """Rows of the images of each part, in the order in which parts are filled."""
    from segaug.data.split import PARTS

    return {part: getattr(task.split, part) for part in PARTS}


def _table(task: "Task") -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("part", overflow="fold")
    several = task.form.structures if len(task.form.structures) > 1 else ()
    for column in ("images", "patients", *map(escape, several), "foreground"):
        table.add_column(column, justify="right", overflow="fold")
    for part, rows in _rows(task).items():
        patients = len({task.patients[row] for row in rows})
        table.add_row(part, str(len(rows)), str(patients), *_shares(task, part, rows, bool(several)))
    return table


def _shares(task: "Task", part: str, rows: tuple[int, ...], several: bool) -> list[str]:
    """Share of the pixels that each structure covers at the size of the network, and all of them together."""
    columns = len(task.form.structures) * several
    from segaug.known import known_shares

    if part == "external" or not rows:
        return [*[""] * columns, "not opened" if rows else ""]
    label = task.label[list(rows)]
    each = (known_shares(label) if task.form.ignored else label.mean((0, 2, 3))).tolist()
    return [f"{100 * share:.2f} %" for share in (*(each if several else ()), sum(each))]


def _csv(task: "Task") -> str:
    import pandas as pd

    from segaug.analysis.csv_text import csv_bytes

    part_of = {row: part for part, rows in _rows(task).items() for row in rows}
    sites = task.sites or ("",) * len(task.ids)
    table = pd.DataFrame(
        {
            "id": task.ids,
            "patient": task.patients,
            "part": [part_of.get(row, "") for row in range(len(task.ids))],
            "site": sites,
        }
    )
    return csv_bytes(table).decode()
