"""`segaug data copies`: find images of a data set that show the same picture, filed as different patients perhaps."""

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from segaug import terminal
from segaug.cli.bar import Bar
from segaug.cli.composing import add_trial, composed

if TYPE_CHECKING:
    from segaug.data.copies.pair import Pair
    from segaug.data.copies.report import CopiesReport

SHOWN_PAIRS = 20


def add_arguments(parser: ArgumentParser) -> None:
    """Add the data set and the output formats."""
    parser.epilog = "Masks are not opened. Exit code: 1 if copies may be on two sides of the split, else 0."
    add_trial(parser)
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write a table: id and group of every image")
    parser.add_argument("--json", action="store_true", help="print one JSON object: groups, and pairs with evidence")


def run(args: Namespace) -> int:
    """Search a data set and print what was found."""
    from segaug.data.copies.opencv import opencv
    from segaug.data.copies.report import report_copies
    from segaug.data.pooled import Pooled
    from segaug.errors import ConfigError

    opencv()  # missing: said before a data set is composed and listed
    trial = composed(args)
    dataset = trial.config.dataset
    if isinstance(dataset, Pooled):
        fix = f"search each by itself: segaug data copies {dataset.base}"
        raise ConfigError(key="dataset", problem="is pooled of several data sets", fix=fix)
    with Bar() as bar:
        report = report_copies(dataset, bar)
    if args.csv:
        _write(args.csv, report)
    if args.json:
        print(json.dumps({"dataset": trial.task} | report.plain(), indent=1))
    else:
        _print(trial.task, report, args.csv, terminal.console(wide=True))
    return int(not all(map(report.kept, report.pairs)))


def _write(path: Path, report: "CopiesReport") -> None:
    """One row for every image, so that the file can be the data set's table where it has none."""
    import pandas as pd

    from segaug.analysis.csv_text import csv_bytes
    from segaug.files import write_atomic

    names = report.names()
    rows = [(case.id, names.get(place, "")) for place, case in enumerate(report.cases)]
    write_atomic(path, csv_bytes(pd.DataFrame(rows, columns=["id", "group"])))


def _print(task: str, report: "CopiesReport", written: Path | None, console: Console) -> None:
    inside = sum(map(len, report.groups))
    found = f"{len(report.pairs)} pairs of near copies; groups: {len(report.groups)} of {inside} images"
    console.print(f"[bold]{escape(task)}[/]   {len(report.cases)} images, {found}", soft_wrap=True)
    apart = [pair for pair in report.pairs if not report.kept(pair)]
    shown = [*apart, *(pair for pair in report.pairs if report.kept(pair))]
    if shown:
        console.print(_table(report, shown[:SHOWN_PAIRS]))
    if len(shown) > SHOWN_PAIRS:
        console.print(f"... and {len(shown) - SHOWN_PAIRS} more pairs; --json lists all")
    if report.featureless:
        names = ", ".join(report.cases[place].id for place in report.featureless[:5])
        more = f" (and {len(report.featureless) - 5} more)" if len(report.featureless) > 5 else ""
        words = f"too smooth to be recognised, so nothing is known of them: {names}{more}"
        console.print(f"[yellow]note[/] {escape(words)}", soft_wrap=True)
    if written:
        console.print(escape(f"written: {written}"), soft_wrap=True)
    console.print(_advice(len(apart), written), soft_wrap=True)


def _table(report: "CopiesReport", pairs: "list[Pair]") -> Table:
    """One row for each pair, with its evidence."""
    table, names = Table(box=None, pad_edge=False), report.names()
    for column in ("group", "first", "second"):
        table.add_column(column, overflow="fold")
    for column in ("details", "spots", "overlap", "scale", "turned"):
        table.add_column(column, justify="right", overflow="fold")
    table.add_column("kept together", overflow="fold")
    for pair in pairs:
        ids = (escape(report.cases[place].id) for place in pair.places)
        turned = f"{pair.angle_deg:.0f}°{', mirrored' * pair.mirrored}"
        evidence = (f"{pair.correlation:.2f}", str(pair.inliers), f"{pair.overlap:.0%}", f"{pair.scale:.2f}", turned)
        table.add_row(names[pair.first], *ids, *evidence, "yes" if report.kept(pair) else "[red]no[/]")
    return table


def _advice(apart: int, written: Path | None) -> str:
    if not apart:
        return "[green]no near copies can be on two sides of the split[/]"
    what = f"[red]{apart} pair{'s' * (apart > 1)} of near copies may be on two sides of the split[/]"
    file = escape(str(written or "FILE"))
    way = f"join {file} into the data set's table by id; where it has none, put {file} into its folder as dataset.table"
    return f"{what}; {'' if written else '--csv FILE writes their groups: '}{way}; then set dataset.group=group"
