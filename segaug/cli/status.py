"""`segaug status`: what of a study is done, diverged, failed or missing, and the command that goes on."""

import json
import sys
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from segaug.results.store import Json, Store, find_study

STATES = ("done", "diverged", "failed", "missing")  # diverged: a result too, and not run again
CELL = ("task", "model", "strategy", "size")
SHOWN_FAILURES = 5


def add_arguments(parser: ArgumentParser) -> None:
    """Add the study and the output format."""
    parser.epilog = "Exit code: 0 when every trial has a result, 1 when any failed or is missing."
    parser.add_argument("study", nargs="?", help="name under results/ or folder; the one written last if left out")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: Namespace) -> int:
    """Print the state of a study."""
    state = study_state(Store(find_study(args.study)))
    if args.json:
        print(json.dumps(state, indent=1))
    else:
        _print(state, Console(width=None if sys.stdout.isatty() else 200, highlight=False))
    return 0 if state["complete"] else 1


def study_state(store: Store) -> Json:
    """What the plan asked for, counted by cell and state; reads each record, but leaves its checksum to `fit`."""
    plan = store.plan()
    cells: dict[tuple[str, str, str, int], Counter[str]] = {}
    for trial in plan["trials"]:
        cell = trial["task"], trial["model"], trial["strategy"], trial["size"]
        cells.setdefault(cell, Counter())[_trial_state(store, trial["id"])] += 1
    totals = sum(cells.values(), Counter[str]())
    asked = {trial["id"] for trial in plan["trials"]}
    return {
        "study": store.folder.name,
        "folder": str(store.folder),
        "complete": not (totals["failed"] or totals["missing"]),
        "totals": {state: totals[state] for state in STATES},
        "cells": [
            dict(zip(CELL, cell, strict=True)) | {state: counts[state] for state in STATES}
            for cell, counts in sorted(cells.items())
        ],
        "skipped": plan["skipped"],
        "failures": _grouped(failure for failure in store.failures() if failure["id"] in asked),
        "continue": _command(store),
    }


def _trial_state(store: Store, trial_id: str) -> str:
    try:
        record = json.loads(store.record_path(trial_id).read_bytes())
    except FileNotFoundError:
        return "failed" if store.failure_path(trial_id).is_file() else "missing"
    except ValueError:
        return "missing"  # cut short or garbled: `segaug train` runs it again
    return "done" if record["status"] == "ok" else "diverged"


def _grouped(failures: Iterable[Json]) -> list[Json]:
    """One entry for each error text, the latest first, with how often it occurred and where it did last."""
    groups: dict[str, list[Json]] = {}
    for failure in sorted(failures, key=lambda failure: str(failure["finished"]), reverse=True):
        groups.setdefault(failure["error"], []).append(failure)
    keys = (*CELL, "seed", "id", "finished")
    return [{"error": error, "trials": len(same)} | {k: same[0][k] for k in keys} for error, same in groups.items()]


def _command(store: Store) -> str:
    return store.plan().get("command") or "the same `segaug train` command as before"


def _print(state: Json, console: Console) -> None:
    console.print(f"[bold]{escape(state['study'])}[/]   {escape(state['folder'])}")
    console.print(_table(state["cells"]))
    totals = state["totals"]
    console.print(f"{sum(totals.values())} trials: " + ", ".join(f"{totals[name]} {name}" for name in STATES))
    for skip in state["skipped"]:
        console.print(f"skipped: {escape(skip['task'])} at size {skip['size']}, its pool has {skip['pool']}")
    for failure in state["failures"][:SHOWN_FAILURES]:
        _print_failure(failure, state["folder"], console)
    if not state["complete"]:
        console.print(f"to go on: [bold]{escape(state['continue'])}[/]")


def _print_failure(failure: Json, folder: str, console: Console) -> None:
    first_line = failure["error"].partition("\n")[0]
    console.print(f"[red]failed[/] {failure['trials']} x  {escape(first_line)}", soft_wrap=True)
    where = f"{failure['task']} {failure['model']} {failure['strategy']} n{failure['size']} seed {failure['seed']}"
    path = f"{folder}/trials/{failure['id']}/failure.json"
    console.print(f"       last: {escape(where)}, {failure['finished']}, {escape(path)}", soft_wrap=True, style="dim")


def _table(cells: list[Json]) -> Table:
    """One row for each curve, one column for each size."""
    sizes = sorted({cell["size"] for cell in cells})
    table = Table(box=None, pad_edge=False, caption="results/asked; D diverged, F failed", caption_justify="left")
    for name in CELL[:-1]:
        table.add_column(name)
    for size in sizes:
        table.add_column(f"n{size}", justify="right")
    rows: dict[tuple[str, ...], dict[int, str]] = {}
    for cell in cells:
        rows.setdefault(tuple(cell[name] for name in CELL[:-1]), {})[cell["size"]] = _counts(cell)
    for curve, row in rows.items():
        table.add_row(*map(escape, curve), *(row.get(size, "[dim]-[/]") for size in sizes))
    return table


def _counts(cell: Json) -> str:
    results = cell["done"] + cell["diverged"]
    asked = results + cell["failed"] + cell["missing"]
    marks = "".join(f" {cell[name]}{letter}" for name, letter in (("diverged", "D"), ("failed", "F")) if cell[name])
    colour = "red" if cell["failed"] else "green" if results == asked else "yellow"
    return f"[{colour}]{results}/{asked}{marks}[/]"
