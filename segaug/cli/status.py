"""`segaug status`: what of a study is done, diverged, failed or missing, and the command that goes on."""

import json
import time
from argparse import ArgumentParser, Namespace

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from segaug import terminal
from segaug.cli.names import Names
from segaug.cli.study_state import study_state
from segaug.findings.numbers import duration
from segaug.results.code_names import codes_text
from segaug.results.keys import CURVE
from segaug.results.left_out import SHOWN
from segaug.results.states import STATES
from segaug.results.store import Json, Store, find_study
from segaug.visible import visible

LEGEND = "done/asked; D diverged, F failed, R running"
WATCH_S = 10.0


def add_arguments(parser: ArgumentParser) -> None:
    """Add the study and the output format."""
    parser.epilog = "Exit code: 0 when every trial has a result, 1 when any failed or is missing."
    parser.add_argument("study", nargs="?", help="name under results/ or folder; the one written last if left out")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--watch", action="store_true", help="show it again every 10 s until all is done, or Ctrl-C")


def run(args: Namespace) -> int:
    """Print the state of a study."""
    store = Store(find_study(args.study))
    while args.watch and not (state := study_state(store))["complete"]:
        _show(state, args)
        time.sleep(WATCH_S)
    state = study_state(store)
    _show(state, args)
    return 0 if state["complete"] else 1


def _show(state: Json, args: Namespace) -> None:
    if args.json:
        print(json.dumps(state, indent=None if args.watch else 1), flush=True)
        return
    console = terminal.console(wide=True)
    if args.watch:
        console.clear()
    _print(state, console)


def _print(state: Json, console: Console) -> None:
    console.print(f"[bold]{escape(state['study'])}[/]   {escape(state['folder'])}")
    names = Names(cell[key] for cell in state["cells"] for key in CURVE)
    console.print(_table(state["cells"], names))
    for line in (*names.legend(), LEGEND):
        console.print(f"[dim]{escape(line)}[/]", soft_wrap=True)
    totals = state["totals"]
    console.print(f"{sum(totals.values())} trials: " + ", ".join(f"{totals[name]} {name}" for name in STATES))
    if state["elsewhere"]:
        console.print(
            f"shard {', '.join(state['shards'])}; {state['elsewhere']} more trials belong to other shards, "
            "and `segaug merge` joins the folders of all",
            soft_wrap=True,
        )
    for skip in state["skipped"]:
        console.print(f"skipped: {escape(skip['task'])} at size {skip['size']}, its pool has {skip['pool']}")
    _print_running(state, console)
    _print_second(state["second_records"], console)
    _print_mixed(state["mixed_code"], console)
    _print_left_out(state["left_out"], console)
    if state["kinds"]:
        console.print("failures: " + ", ".join(f"{count} {kind}" for kind, count in state["kinds"].items()))
    for failure in state["failures"][:SHOWN]:
        _print_failure(failure, state["folder"], console)
    if not state["complete"]:
        console.print(f"to go on: [bold]{escape(state['continue'])}[/]")


def _print_running(state: Json, console: Console) -> None:
    running, hours = state["running"], state["worker_hours_left"]
    places: dict[str, int] = {}
    for trial in running:
        host = trial["owner"].partition(",")[0]
        places[host] = places.get(host, 0) + 1
    if running:
        hosts = [f"{escape(host)} ({count})" for host, count in places.items()]
        more = f" and {len(hosts) - SHOWN} more machines" if len(hosts) > SHOWN else ""
        console.print(f"running on {', '.join(hosts[:SHOWN])}{more}", soft_wrap=True)
    if hours:
        at_work = f", {duration(hours / len(running))} with the {len(running)} at work" if running else ""
        console.print(f"left: about {duration(hours)} of one worker{at_work}")


def _print_second(second: Json, console: Console) -> None:
    if not second:
        return
    unlike = {trial: [rival for rival in rivals if rival["differs"]] for trial, rivals in second.items()}
    unlike = {trial: rivals for trial, rivals in unlike.items() if rivals}
    console.print(f"run more than once: {len(second)} of the trials; the first record counts; {len(unlike)} differ")
    for trial, rivals in list(unlike.items())[:SHOWN]:
        keys = ", ".join(rivals[0]["differs"][:SHOWN])
        console.print(
            f"[yellow]differs[/] {escape(trial)}: {escape(keys)} ({escape(rivals[0]['file'])})", soft_wrap=True
        )


def _print_mixed(mixed: list[Json], console: Console) -> None:
    for entry in mixed[:SHOWN]:
        curve = " / ".join(entry[key] for key in CURVE)
        console.print(
            f"[yellow]trained by different code[/] {escape(curve)}: {escape(codes_text(entry['codes']))}",
            soft_wrap=True,
        )
    if len(mixed) > SHOWN:
        console.print(f"trained by different code: {len(mixed) - SHOWN} more curves")


def _print_left_out(left_out: list[Json], console: Console) -> None:
    for entry in left_out[:SHOWN]:
        console.print(
            f"[red]left out[/] {escape(visible(entry['file']))}: {escape(visible(entry['why']))}", soft_wrap=True
        )
    if len(left_out) > SHOWN:
        console.print(f"[red]left out[/] {len(left_out) - SHOWN} more files; --json names them all")


def _print_failure(failure: Json, folder: str, console: Console) -> None:
    first_line = failure["error"].partition("\n")[0]
    kind = "" if failure["kind"] == "error" else f"[{failure['kind']}] "
    console.print(f"[red]failed[/] {failure['trials']} x  {escape(kind + first_line)}", soft_wrap=True)
    where = f"{failure['task']} {failure['model']} {failure['strategy']} n{failure['size']} seed {failure['seed']}"
    path = f"{folder}/trials/{failure['id']}/failure.json"
    console.print(f"       last: {escape(where)}, {failure['finished']}, {escape(path)}", soft_wrap=True, style="dim")


def _table(cells: list[Json], names: Names) -> Table:
    """One row for each curve, one column for each size."""
    sizes = sorted({cell["size"] for cell in cells})
    table = Table(box=None, pad_edge=False)
    for key in CURVE:
        table.add_column(key, overflow="fold")
    for size in sizes:
        table.add_column(f"n{size}", justify="right", overflow="fold")
    rows: dict[tuple[str, ...], dict[int, str]] = {}
    for cell in cells:
        rows.setdefault(tuple(names[cell[key]] for key in CURVE), {})[cell["size"]] = _counts(cell)
    for curve, row in rows.items():
        table.add_row(*map(escape, curve), *(row.get(size, "[dim]-[/]") for size in sizes))
    return table


def _counts(cell: Json) -> str:
    results = cell["done"] + cell["diverged"]
    asked = sum(cell[name] for name in STATES)
    letters = (("diverged", "D"), ("failed", "F"), ("running", "R"))
    marks = "".join(f" {cell[name]}{letter}" for name, letter in letters if cell[name])
    colour = "red" if cell["failed"] else "green" if results == asked else "yellow"
    return f"[{colour}]{results}/{asked}{marks}[/]"
