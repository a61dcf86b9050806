"""`segaug data check`: read every image and mask of a data set and list every problem, before a study starts."""

import json
from argparse import ArgumentParser, Namespace

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from segaug import terminal
from segaug.cli.composing import add_trial, composed
from segaug.form import COLOUR
from segaug.results.store import Json

SHOWN_PROBLEMS = 20
TO = "\N{RIGHTWARDS ARROW}"


def add_arguments(parser: ArgumentParser) -> None:
    """Add the data set and the output format."""
    parser.epilog = "Exit code: 0 when all is well, 1 when any problem was found."
    add_trial(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object, with one entry per image")


def run(args: Namespace) -> int:
    """Check a data set and print what was found."""
    from segaug.experiment.outside import data_check

    report = data_check(composed(args))
    if args.json:
        print(json.dumps(report, indent=1))
    else:
        _print(report, terminal.console(wide=True))
    return int(bool(report["problems"]))


def _print(report: Json, console: Console) -> None:
    patients = len({case["patient"] for case in report["cases"]})
    summary = f"{len(report['cases'])} images of {patients} patients, {_sizes(report)}{_colour(report)}"
    console.print(f"[bold]{escape(report['dataset'])}[/]   {summary}")
    if report["parts"]:
        console.print(_table(report))
        side = report["form"]["size"][0]
        console.print(f"[dim]foreground and empty masks: as stored {TO} at {side} px, as networks see them[/]")
    if report.get("sources"):
        console.print(_sources(report))
    if report["sites"]:
        console.print(escape(f"sites: {'; '.join(map(_site, report['sites']))}"), soft_wrap=True)
    for part in report["parts"]:
        if part["unlabelled"]:
            share = f"{part['unlabelled']} of the {part['images']} {part['name']} images"
            console.print(f"without a mask, from dataset.unlabelled: {share}", soft_wrap=True)
    for note in report["notes"]:
        console.print(f"[yellow]note[/] {escape(note)}", soft_wrap=True)
    for problem in report["problems"][:SHOWN_PROBLEMS]:
        console.print(f"[red]problem[/] {escape(problem)}", soft_wrap=True)
    count, notes = len(report["problems"]), len(report["notes"])
    if count > SHOWN_PROBLEMS:
        console.print(f"... and {count - SHOWN_PROBLEMS} more; --json lists all")
    verdict = f"[red]{count} problem{'s' * (count > 1)}[/]" if count else "[green]no problem found[/]"
    console.print(verdict + (f", [yellow]{notes} note{'s' * (notes > 1)}[/]" if notes else ""))


def _sizes(report: Json) -> str:
    """Range of the stored sizes."""
    shapes = [case["shape"] for case in report["cases"] if case["shape"]]
    if not shapes:
        return "none of them readable"
    sides = (sorted({shape[axis] for shape in shapes}) for axis in (0, 1))
    rows, columns = (f"{side[0]}" if len(side) == 1 else f"{side[0]}-{side[-1]}" for side in sides)
    return f"{rows} x {columns} pixels (rows x columns)"


def _colour(report: Json) -> str:
    return ", in colour" if report["form"]["channels"] == COLOUR else ""


def _table(report: Json) -> Table:
    """One row for each part of the split."""
    table = Table(box=None, pad_edge=False)
    table.add_column("part", overflow="fold")
    several = report["form"]["structures"] if len(report["form"]["structures"]) > 1 else []
    for column in ("images", "patients", *map(escape, several), "foreground", "empty masks"):
        table.add_column(column, justify="right", overflow="fold")
    for part in report["parts"]:
        shares = [_percent((part["structures"] or {}).get(name)) for name in several]
        empty = "not opened" if part["name"] == "external" else f"{part['empty']} {TO} {part['empty_at_size']}"
        counts = (str(part["images"]), str(part["patients"]))
        table.add_row(part["name"], *counts, *shares, _both(part["foreground"], part["foreground_at_size"]), empty)
    return table


def _both(stored: float | None, at_size: float | None) -> str:
    return "-" if stored is None else f"{100 * stored:.2f} {TO} {_percent(at_size)}"


def _sources(report: Json) -> Table:
    """In what the sources of a pooled task differ, one row for each."""
    table = Table(box=None, pad_edge=False)
    table.add_column("source", overflow="fold")
    for column in ("pool", "test", "pixel [mm]", "modality", "foreground", "intensity", "contrast"):
        table.add_column(escape(column), justify="left" if column == "modality" else "right", overflow="fold")
    for source in report["sources"]:
        pixel = " x ".join(f"{side:.3g}" for side in source["pixel_mm"] or ()) or "-"
        grey = (f"{source[name]:.3f}" for name in ("intensity", "contrast"))
        counts = (str(source[name]) for name in ("pool", "test"))
        modality, share = escape(source["modality"]) or "-", _percent(source["foreground"])
        table.add_row(escape(source["name"]), *counts, pixel, modality, share, *grey)
    return table


def _site(site: Json) -> str:
    """Its images in each part of the split."""
    images = ", ".join(f"{count} {part}" for part, count in site["images"].items())
    return f"{site['name'] or 'not known'}{' (target)' if site['target'] else ''} {images}"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.2f} %"
