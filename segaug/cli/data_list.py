"""`segaug data list`: every data set that is known by name, and whether it is on this machine."""

import dataclasses
import json
import re
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rich.markup import escape
from rich.table import Table

from segaug import terminal
from segaug.cli.parser import add_config_dir

if TYPE_CHECKING:
    from segaug.experiment.known_sets import KnownSet

WIDTH = 100  # columns, at most
HEAD = ("data set", "modality", "structures", "licence", "images", "patients", "found")
TEXTS = (1, 2, 3)  # places of the columns that are cut where there is no room
LEAST_TEXT = 10  # columns of each of these; where there is less, the last of them is left out
STATES = {"here": "green", "generated": "green", "not here": "yellow", "needs options": "", "cannot be read": "red"}


def add_arguments(parser: ArgumentParser) -> None:
    """Add the folder of one's own and the output format."""
    parser.epilog = "Images are counted by tables and names of files; `segaug data check NAME` opens them."
    add_config_dir(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON list, with every text in full")


def run(args: Namespace) -> int:
    """Print what is known."""
    from segaug.cli.composing import loader_of
    from segaug.cli.hydra_errors import explained
    from segaug.experiment.known_sets import known_sets

    words = [f"--config-dir={args.config_dir}"] if args.config_dir else []
    loader = loader_of(args.config_dir)
    known = list(known_sets(dict(dataset_files(words)), loader, explained))
    if args.json:
        print(json.dumps([dataclasses.asdict(one) for one in known], indent=1))
        return 0
    console = terminal.console(wide=True)
    width = min(WIDTH, console.width)
    console.print(_lines(known, width), width=width)
    for one in known:
        if one.problem and one.state in ("here", "cannot be read"):
            console.print(f"[yellow]note[/] {escape(one.name)}: {escape(one.problem)}", soft_wrap=True)
    return 0


def dataset_files(words: Sequence[str]) -> Iterator[tuple[str, tuple[str, Path]]]:
    """Name, whose it is, and the config that is taken, of each data set; words: of the command line."""
    from segaug.cli.choices import own_folders
    from segaug.experiment.config.folders import conf_dir
    from segaug.experiment.config.plugins import plugin_conf_dirs

    folders = [("segaug", conf_dir()), *(("plugin", folder) for folder in plugin_conf_dirs())]
    folders += [("own", folder) for folder in own_folders(words)]
    seen: set[str] = set()
    for whose, folder in folders:
        for file in sorted((folder / "dataset").glob("*.yaml")):
            if file.stem not in seen:
                seen.add(file.stem)
                yield file.stem, (whose, file)


def _lines(known: Sequence["KnownSet"], width: int) -> Table:
    """One line a set: texts are cut to what names, counts and states leave of the width, the last ones left out."""
    table = Table(box=None, pad_edge=False, padding=(0, 1))
    rows = [_cells(one) for one in known]
    widths = [max(map(len, column)) for column in zip(HEAD, *rows, strict=True)]
    free = width - sum(widths[place] for place in range(len(HEAD)) if place not in TEXTS) - 2 * (len(HEAD) - 1)
    texts = TEXTS[: max(1, free // LEAST_TEXT)]
    places = [place for place in range(len(HEAD)) if place not in TEXTS or place in texts]
    for place in places:
        justify: Literal["left", "right"] = "right" if HEAD[place] in ("images", "patients") else "left"
        table.add_column(HEAD[place], justify=justify, no_wrap=place in texts, overflow="fold")
    for one, cells in zip(known, rows, strict=True):
        cut = [_cut(cells[place], free // len(texts)) if place in texts else cells[place] for place in places]
        colour = STATES[one.state]
        table.add_row(*map(escape, cut[:-1]), f"[{colour}]{escape(cut[-1])}[/]" if colour else escape(cut[-1]))
    return table


def _cells(one: "KnownSet") -> list[str]:
    counts = ("" if count is None else str(count) for count in (one.images, one.patients))
    state = one.state if one.whose == "segaug" else f"{one.state}, {one.whose}"
    return [one.name, _first(one.modality), ", ".join(one.structures), _first(one.licence), *counts, state]


def _first(text: str) -> str:
    """Its first clause."""
    return re.split(r"[;:(]|\. ", text.strip(), maxsplit=1)[0].strip()


def _cut(text: str, letters: int) -> str:
    """At a word, where that leaves most of it."""
    if len(text) <= letters:
        return text
    begun = text[: max(1, letters - 3)]
    words = begun.rpartition(" ")[0]
    return f"{(words if 2 * len(words) > letters else begun).rstrip(' ,')}..."
