"""How `segaug plan study=...` is printed."""

from collections import Counter

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from segaug import terminal
from segaug.cli.names import Names
from segaug.cluster.settings import JobSettings
from segaug.cluster.survey import GPU_SECONDS, Survey
from segaug.experiment.planned.absent import left_out
from segaug.experiment.planned.emulated import told_emulated
from segaug.experiment.planned.memory import Team, most_mib
from segaug.experiment.planned.plan import Plan
from segaug.findings.numbers import duration
from segaug.results.store import Store


def print_survey(
    survey: Survey, plan: Plan, store: Store, settings: JobSettings | None, jobs: int | None, team: Team | None
) -> None:
    """Cells, totals, and the forecast.  team: where the trials run on this machine."""
    console = terminal.console(wide=True)
    console.print(f"[bold]{escape(store.folder.name)}[/]   {escape(str(store.folder))}")
    names = Names(name for _, model, strategy, _ in survey.cells for name in (model, strategy))
    console.print(_table(survey, names))
    for line in (*names.legend(), "done/asked over all tasks; F failed, S stale"):
        console.print(f"[dim]{escape(line)}[/]", soft_wrap=True)
    totals = survey.totals
    if plan.share:
        console.print(plan.share)
    tasks = len({planned.trial.task for planned in plan.trials})
    counted = "one task" if tasks == 1 else f"{tasks} tasks"
    console.print(
        f"{len(plan.trials):,} trials in {len(survey.cells):,} cells of {counted}: {totals['done']:,} done, "
        f"{totals['failed']:,} failed, {totals['to_do']:,} to do"
    )
    if totals["stale"]:
        console.print(
            f"[yellow]{totals['stale']:,} stale[/]: records of the same cells and seeds, but of another configuration "
            "or data; they are left as they are, and not counted"
        )
    _print_absent(plan, console)
    if plan.skipped:
        console.print(f"left out, above the pool of their task: {_skipped(plan)}")
    if survey.left:
        _print_cost(survey, settings, jobs, team, console)
    if settings is None and (emulated := told_emulated(planned.trial for planned in survey.left)):
        console.print(f"[yellow]{escape(emulated)}[/]", soft_wrap=True)


def _print_absent(plan: Plan, console: Console) -> None:
    """Tasks that are not here: left out, or planned by what was published."""
    if plan.absent:
        console.print(escape(left_out(plan.absent)), soft_wrap=True)
    if not plan.counted:
        return
    known = {task: counts for task, counts in plan.counted.items() if counts}
    listed = ", ".join(f"{task} {each['images']:,} of {each['patients']:,}" for task, each in known.items())
    unknown = ", ".join(task for task in plan.counted if task not in known)
    some = f"{len(plan.counted)} tasks are" if len(plan.counted) > 1 else "1 task is"
    line = f"[yellow]{some} not here[/], and planned by the published numbers of images of patients"
    console.print(f"{line}{escape(f': {listed}') if known else ''}", soft_wrap=True)
    if unknown:
        console.print(
            escape(f"how large their pools are is not known, so that no size is left out: {unknown}"), soft_wrap=True
        )


def _print_cost(
    survey: Survey, settings: JobSettings | None, jobs: int | None, team: Team | None, console: Console
) -> None:
    hours = survey.seconds / 3600
    unit = "GPU" if settings and settings.gpus_per_node else "core"
    shared = settings.workers_per_gpu if settings and settings.gpus_per_node else 1
    console.print(f"time: about {duration(hours / shared)} on one {unit}, from {escape(survey.source)}")
    if unit != "GPU":
        gpu = duration(survey.updates * GPU_SECONDS / 3600)
        console.print(
            f"      about {gpu} on one GPU, by {1000 * GPU_SECONDS:.0f} ms for each of {survey.updates:,} updates, a "
            "rule of thumb (--probe there measures)",
            soft_wrap=True,
        )
    if settings is not None and jobs is not None:
        at_once = min(jobs, settings.array_parallelism)
        console.print(
            f"jobs: {jobs:,}, {at_once} at the same time: about {duration(hours / settings.workers / at_once)} if the "
            "cluster starts them at once"
        )
    elif team:
        console.print(f"here: {team.workers} at the same time: about {duration(hours / team.workers)}")
    if unit != "GPU":
        console.print(f"memory: up to {most_mib(survey.left) / 1024:.1f} GiB for each worker")
    if team and team.told:
        console.print(f"[yellow]{escape(team.told)}[/]", soft_wrap=True)
    short = "  [red]more than is free[/]" if survey.bytes > survey.free_bytes else ""
    console.print(
        f"disk: {survey.bytes / 1e9:,.2f} GB in {survey.files:,} files; {survey.free_bytes / 1e9:,.0f} GB are "
        f"free{short}"
    )


def _skipped(plan: Plan) -> str:
    sizes: dict[str, list[int]] = {}
    for row in plan.skipped:
        sizes.setdefault(f"{row['task']} (pool {row['pool']})", []).append(row["size"])
    return "; ".join(f"{task}: N = {', '.join(map(str, sorted(each)))}" for task, each in sizes.items())


def _table(survey: Survey, names: Names) -> Table:
    """One row for each model and strategy, one column for each size; the counts are over all tasks."""
    rows: dict[tuple[str, str], dict[int, Counter[str]]] = {}
    for (_, model, strategy, size), counts in survey.cells.items():
        rows.setdefault((model, strategy), {}).setdefault(size, Counter()).update(counts)
    sizes = sorted({size for row in rows.values() for size in row})
    table = Table(box=None, pad_edge=False)
    for name in ("model", "strategy"):
        table.add_column(name, overflow="fold")
    for size in sizes:
        table.add_column(f"n{size}", justify="right", overflow="fold")
    for (model, strategy), row in sorted(rows.items(), key=str):
        cells = (_counts(row[size]) if size in row else "[dim]-[/]" for size in sizes)
        table.add_row(escape(names[model]), escape(names[strategy]), *cells)
    return table


def _counts(counts: Counter[str]) -> str:
    asked = counts["done"] + counts["failed"] + counts["to_do"]
    marks = "".join(f" {counts[name]}{letter}" for name, letter in (("failed", "F"), ("stale", "S")) if counts[name])
    colour = "red" if counts["failed"] else "green" if counts["done"] == asked else "yellow"
    return f"[{colour}]{counts['done']}/{asked}{marks}[/]"
