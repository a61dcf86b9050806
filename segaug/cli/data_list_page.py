"""docs/datasets.md, as `segaug data list --markdown` prints it: the same on every machine."""

from collections.abc import Iterable, Iterator, Sequence

from segaug.cli.data_list_table import GENERATED, LAYOUTS, by_kind
from segaug.experiment.known_sets import KnownSet

INTRODUCTION = """\
# Data sets

Made by `segaug data list --markdown`: what the configs of segaug say of each set, whether or not it is on this machine.
No data come with segaug. *free* is a direct download, *form* asks for a registration or an agreement, *ask* for a mail.
`segaug data list NAME` tells all of one set, citation included, and `segaug data fetch NAME` downloads it, or tells the
way to it ([data.md](data.md)). Sets that are said to show the same patients are not pooled without a word.
"""
COLUMNS = ("data set", "structures", "patients, published", "access", "licence", "graders", "same patients as")


def page(known: Iterable[KnownSet]) -> str:
    """The whole text."""
    shipped = {title: sets for title, sets in by_kind(known).items() if title != LAYOUTS}
    return "\n".join([INTRODUCTION, *("\n".join(_section(title, sets)) for title, sets in shipped.items())])


def _section(title: str, sets: Sequence[KnownSet]) -> Iterator[str]:
    columns = COLUMNS if title != GENERATED else COLUMNS[:2]
    yield f"## {title}\n"
    yield _row(columns)
    yield _row("---" for _ in columns)
    for one in sets:
        yield _row(_cells(one)[: len(columns)])
    yield ""
    traps = _traps(sets)
    if traps:
        yield "Look out:\n"
        yield from (f"- {', '.join(f'`{name}`' for name in names)}: {trap}" for trap, names in traps.items())
        yield ""


def _cells(one: KnownSet) -> tuple[str, ...]:
    linked = f"[{one.access or 'page'}]({one.address})" if one.address else one.access
    overlaps = ", ".join(f"`{name}`" for name in one.overlaps)
    return (
        f"`{one.name}`", ", ".join(one.segments), one.extent, linked, one.licence, ", ".join(one.graders), overlaps
    )  # fmt: skip


def _traps(sets: Iterable[KnownSet]) -> dict[str, list[str]]:
    """Trap -> the sets that have it, since those of one family say the same."""
    found: dict[str, list[str]] = {}
    for one in sets:
        for trap in one.traps:
            found.setdefault(trap, []).append(one.name)
    return found


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"
