"""The table of `segaug data list`: a line a set, by what kind of image it holds."""

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from rich.markup import escape
from rich.table import Table

from segaug import terminal
from segaug.experiment.known_sets import KnownSet

HEAD = ("data set", "structures", "licence", "access", "images", "patients", "found")
TEXTS = (1, 2)  # places of the columns that are cut where there is no room
LEAST_TEXT = 10  # columns of each of these; where there is less, the last of them is left out
NUMBERS = ("images", "patients")
STATES = {"here": "green", "generated": "green", "not here": "yellow", "needs options": "", "cannot be read": "red"}
KINDS = {  # title -> what its modalities say, the first that fits
    "CT": r"\bCT\b",
    "MRI": r"\bMRI?\b|\bMR imag",
    "X-ray": r"x-?ray|radiograph",
    "Ultrasound": r"ultraso|echocardio",
    "Fundus photographs": r"fundus|retina",
    "Microscopy": r"microscop|histolog|stain|slide",
    "Photographs": r"photograph|dermosco|endosco|colonosco",
}
OTHER, GENERATED, LAYOUTS = "Other", "Generated", "Layouts of your own"


def print_table(known: Sequence[KnownSet], width: int) -> None:
    """One table for all kinds of images, so that columns stand below each other."""
    console = terminal.console(wide=True)
    width = min(width, console.width)
    console.print(_table(known, width), width=width)


def by_kind(known: Iterable[KnownSet]) -> dict[str, list[KnownSet]]:
    """Title -> sets, in the order of the titles; nothing of titles without a set."""
    found: dict[str, list[KnownSet]] = {title: [] for title in (*KINDS, OTHER, GENERATED, LAYOUTS)}
    for one in known:
        found[_kind(one)].append(one)
    return {title: sets for title, sets in found.items() if sets}


def of_modality(one: KnownSet, text: str) -> bool:
    """Does a word of its modality, or of the title that it stands under, begin with this text, in any case?

    Of an empty text any does.
    """
    if not text.strip():
        return True
    begins = re.compile(rf"(?<![\w-]){re.escape(text.strip())}", re.IGNORECASE)
    return any(begins.search(words) for words in (first_clause(one.modality), _kind(one)))


def first_clause(text: str) -> str:
    """What stands before the first colon, bracket, semicolon or full stop."""
    return re.split(r"[;:(]|\. ", text.strip(), maxsplit=1)[0].strip()


def _kind(one: KnownSet) -> str:
    if one.state == "generated":
        return GENERATED
    if one.state == "needs options" and not one.modality:
        return LAYOUTS
    fitting = (title for title, pattern in KINDS.items() if re.search(pattern, one.modality, re.IGNORECASE))
    return next(fitting, OTHER)


def _table(known: Sequence[KnownSet], width: int) -> Table:
    """Texts are cut to what names, counts and states leave of the width, the last ones left out."""
    table = Table(box=None, pad_edge=False, padding=(0, 1))
    rows = {one.name: _cells(one) for one in known}
    widths = [max(map(len, column)) for column in zip(HEAD, *rows.values(), strict=True)]
    kinds = by_kind(known)
    widths[0] = max(widths[0], *map(len, kinds))  # titles stand in the column of the names
    free = width - sum(widths[place] for place in range(len(HEAD)) if place not in TEXTS) - 2 * (len(HEAD) - 1)
    texts = TEXTS[: max(1, free // LEAST_TEXT)]
    places = [place for place in range(len(HEAD)) if place not in TEXTS or place in texts]
    for place in places:
        justify: Literal["left", "right"] = "right" if HEAD[place] in NUMBERS else "left"
        least = widths[0] if place == 0 else None
        table.add_column(HEAD[place], justify=justify, no_wrap=place in texts, overflow="fold", min_width=least)
    for title, sets in kinds.items():
        table.add_row(f"[bold]{escape(title)}[/]")
        for one in sets:
            cells = rows[one.name]
            cut = [_cut(cells[place], free // len(texts)) if place in texts else cells[place] for place in places]
            colour = STATES[one.state]
            table.add_row(*map(escape, cut[:-1]), f"[{colour}]{escape(cut[-1])}[/]" if colour else escape(cut[-1]))
    return table


def _cells(one: KnownSet) -> list[str]:
    counts = ("" if count is None else str(count) for count in (one.images, one.patients))
    state = one.state if one.whose == "segaug" else f"{one.state}, {one.whose}"
    return [f"  {one.name}", ", ".join(one.segments), first_clause(one.licence), one.access, *counts, state]


def _cut(text: str, letters: int) -> str:
    """At a word, where that leaves most of it."""
    if len(text) <= letters:
        return text
    begun = text[: max(1, letters - 3)]
    words = begun.rpartition(" ")[0]
    return f"{(words if 2 * len(words) > letters else begun).rstrip(' ,')}..."
