"""What `segaug data import` prints: what was found, what was not used, the config, and what comes next."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape

from segaug import terminal

if TYPE_CHECKING:
    from segaug.data.understand.proposal import Proposal

_EXAMPLES = 3
_SIZES = (4, 8, 16, 32, 64, 128, 256)


def show(proposal: "Proposal", text: str) -> None:
    """The proposal, for people."""
    console = terminal.console()
    console.print(f"[bold]{escape(proposal.name)}[/]   {proposal.images} images", soft_wrap=True)
    for subject, sentences in proposal.told.items():
        for place, sentence in enumerate(sentences):
            console.print(escape(f"{'' if place else subject:10}{sentence}"), soft_wrap=True)
    for suffix, paths in sorted(proposal.not_used.items()):
        some = ", ".join(paths[:_EXAMPLES]) + ", ..." * (len(paths) > _EXAMPLES)
        console.print(escape(f"not used  {len(paths)} {suffix}: {some}"), soft_wrap=True)
    for problem in proposal.problems[:_EXAMPLES]:
        console.print(f"[red]problem[/]   {escape(problem)}", soft_wrap=True)
    if len(proposal.problems) > _EXAMPLES:
        console.print(f"          ... and {len(proposal.problems) - _EXAMPLES} more; --json lists all")
    console.print()
    console.print(escape(_without_comments(text)), soft_wrap=True)
    if proposal.table:
        columns = ", ".join(proposal.table[0])
        console.print(escape(f"with a table of {len(proposal.table)} rows beside it ({columns})"), soft_wrap=True)
    console.print(escape(commands(proposal)), soft_wrap=True)


def show_check(name: str, written: Sequence[Path], *, quiet: bool) -> int:
    """Check what was written; 1 where it has problems."""
    from segaug.cli.hydra_errors import one_line
    from segaug.experiment.outside import compose, data_check

    with one_line():
        report = data_check(compose([f"dataset={name}"]))
    problems = report["problems"]
    if not quiet:
        console = terminal.console()
        console.print(escape(f"written: {', '.join(map(str, written))}"), soft_wrap=True)
        for problem in problems[:_EXAMPLES]:
            console.print(f"[red]problem[/] {escape(problem)}", soft_wrap=True)
        notes = f", {_counted(len(report['notes']), 'note')}" if report["notes"] else ""
        verdict = f"[red]{_counted(len(problems), 'problem')}[/]" if problems else "[green]no problem found[/]"
        console.print(f"check: {verdict}{notes}; `segaug data check {escape(name)}` says all", soft_wrap=True)
    return int(bool(problems))


def commands(proposal: "Proposal") -> str:
    """What to type next, with sizes that the pool has."""
    name, sizes = proposal.name, [size for size in _SIZES if size <= proposal.pool]
    scale = ",".join(f"n{size}" for size in sizes[:3])
    lines = [f"segaug data check {name}", f"segaug data preview {name}"]
    if scale:
        lines.append(f"segaug train -m dataset={name} augment=baseline,red scale={scale} 'seed=range(5)'")
    return "next:\n" + "\n".join(f"  {line}" for line in lines)


def _without_comments(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not line.startswith("#"))


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"
