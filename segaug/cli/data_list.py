"""`segaug data list`: every data set that is known by name, how one gets it, and whether it is on this machine."""

import dataclasses
import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape

from segaug import terminal
from segaug.cli.parser import add_config_dir, choose
from segaug.errors import ConfigError

if TYPE_CHECKING:
    from segaug.experiment.known_sets import KnownSet

WIDTH = 100  # columns, at most


def add_arguments(parser: ArgumentParser) -> None:
    """Add the choice of sets, the folder of one's own and the output formats."""
    parser.epilog = "Images are counted by tables and names of files; `segaug data check NAME` opens them."
    parser.add_argument(
        "set", nargs="?", metavar="NAME", help="tell all of one set: how to get it, what to look out for"
    )
    parser.add_argument("--modality", metavar="TEXT", help="only sets of this modality, by the beginning of a word")
    parser.add_argument("--markdown", action="store_true", help="print docs/datasets.md: the sets that segaug ships")
    parser.add_argument("--json", action="store_true", help="print one JSON list, with every text in full")
    add_config_dir(parser)


def run(args: Namespace) -> int:
    """Print what is known."""
    from segaug.cli.composing import loader_of
    from segaug.cli.data_list_page import page
    from segaug.cli.data_list_table import KINDS, of_modality, print_table
    from segaug.cli.data_list_words import print_words
    from segaug.cli.hydra_errors import explained
    from segaug.experiment.known_sets import known_sets

    words = [f"--config-dir={args.config_dir}"] if args.config_dir else []
    loader, files = loader_of(args.config_dir), dict(dataset_files(words))
    if args.set is not None:
        files = {args.set: file_of(args.set, files)}
    if args.markdown:
        files = {name: file for name, file in files.items() if file[0] == "segaug"}
    wanted = partial(of_modality, text=args.modality or "")
    known = list(known_sets(files, loader, explained, look=not args.markdown, wanted=wanted))
    if args.modality and not known:
        fix = f"use the beginning of a word, as of {', '.join(KINDS)}"
        raise ConfigError(key="--modality", problem=f"no data set is of {args.modality!r}", fix=fix)
    if args.json:
        print(json.dumps([dataclasses.asdict(one) for one in known], indent=1))
    elif args.markdown:
        print(page(known), end="")
    elif args.set is not None:
        print_words(known)
    else:
        print_table(known, WIDTH)
        _print_notes(known)
    return 0


def file_of(name: str, files: "dict[str, tuple[str, Path]]") -> tuple[str, Path]:
    """Whose a set is, and its config; raises ConfigError where nobody knows it."""
    if name not in files:
        raise ConfigError(key="NAME", problem=f"there is no data set {name!r}", fix=choose(name, files))
    return files[name]


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


def _print_notes(known: "Sequence[KnownSet]") -> None:
    console = terminal.console(wide=True)
    for one in known:
        if one.problem and one.state in ("here", "cannot be read"):
            console.print(f"[yellow]note[/] {escape(one.name)}: {escape(one.problem)}", soft_wrap=True)
