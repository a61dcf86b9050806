"""All that `segaug data list NAME` tells of one set: how to get it, what overlaps with it, what to look out for."""

from collections.abc import Iterable, Iterator

from rich.markup import escape
from rich.table import Table

from segaug import terminal
from segaug.experiment.known_sets import KnownSet

ACCESS = {  # `Described.access` -> in words
    "free": "free: a direct download",
    "form": "by a form: registration, or an agreement that is signed",
    "ask": "on request: by mail to whoever made it",
}


def print_words(known: Iterable[KnownSet]) -> None:
    """One block a set."""
    console = terminal.console(wide=True)
    for one in known:
        table = Table(box=None, pad_edge=False, show_header=False)
        table.add_column("what", style="dim", no_wrap=True)
        table.add_column("told", overflow="fold")
        for what, told in words(one):
            table.add_row(what, escape(told))
        console.print(f"[bold]{escape(one.name)}[/]   {escape(one.state)}")
        console.print(table)


def words(one: KnownSet) -> Iterator[tuple[str, str]]:
    """What it is, and what of it is told; nothing of what its config does not tell."""
    counted = "" if one.images is None else f"{one.images} images of {one.patients} patients"
    told = (
        ("modality", one.modality),
        ("anatomy", one.anatomy),
        ("structures", ", ".join(one.segments)),
        ("has as well", ", ".join(name for name in one.structures if name not in one.segments)),
        ("graders", ", ".join(one.graders)),
        ("published", one.extent),
        ("here", counted),
        ("access", ACCESS.get(one.access, one.access)),
        ("address", one.address),
        ("get it", f"segaug data fetch {one.name}   ({', '.join(one.downloads)})" if one.downloads else ""),
        ("licence", one.licence),
        ("source", one.source),
        ("citation", one.citation),
        ("note", one.note),
        ("same patients", ", ".join(one.overlaps)),
        *(("look out", trap) for trap in one.traps),
        ("problem", one.problem),
        ("config", one.file),
    )
    return ((what, text) for what, text in told if text)
