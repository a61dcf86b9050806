"""`segaug data fetch`: download a published set where its licence and its host allow it, or print the way to it."""

import re
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape

from segaug import terminal
from segaug.cli.bar import Bar
from segaug.cli.parser import add_config_dir
from segaug.errors import ConfigError

if TYPE_CHECKING:
    from omegaconf import DictConfig

    from segaug.data.fetch.fetch import Offered, Outcome


_PLAIN = re.compile(r"[\w./-]+")  # neither a shell nor Hydra reads anything into it


def add_arguments(parser: ArgumentParser) -> None:
    """Add the set and the folder."""
    parser.epilog = (
        "Files come by https alone, and are used only if their sha256 fits; what was cut goes on where it was. "
        "Archives are looked at before they are unpacked into a folder that is not there yet. Exit code: 0 when all "
        "is there, 1 when something is left for you to do."
    )
    parser.add_argument("set", metavar="NAME", help="of a data set, as `segaug data list` names it")
    parser.add_argument("--to", type=Path, metavar="FOLDER", help="of the set; default: dataset.root of its config")
    parser.add_argument("--list", action="store_true", help="print files and addresses, and fetch nothing")
    parser.add_argument("--trust", action="store_true", help="fetch from addresses in a config that is not segaug's")
    add_config_dir(parser)


def run(args: Namespace) -> int:
    """Fetch what may be fetched, and tell the rest."""
    from segaug.cli.composing import loader_of
    from segaug.cli.data_list import dataset_files, file_of
    from segaug.cli.hydra_errors import one_line
    from segaug.data.download import downloads_of
    from segaug.data.fetch.fetch import fetch, offers
    from segaug.data.fetch.web import Web
    from segaug.data.pooled import Pooled
    from segaug.experiment.config.choice import composed_option, option

    words = [f"--config-dir={args.config_dir}"] if args.config_dir else []
    whose, file = file_of(args.set, dict(dataset_files(words)))
    with one_line():
        _refuse_lookups(composed_option(loader_of(args.config_dir), "dataset", args.set), str(file))
        dataset = option(loader_of(args.config_dir), "dataset", args.set)
    if isinstance(dataset, Pooled):
        problem = f"{args.set} is made of other sets: {', '.join((dataset.base, *dataset.added))}"
        raise ConfigError(key="NAME", problem=problem, fix=f"name one of them: segaug data fetch {dataset.base}")
    if not hasattr(dataset, "root"):
        print(f"{args.set} is generated: nothing to fetch")
        return 0
    downloads = downloads_of(getattr(dataset, "downloads", {}))
    free = getattr(dataset, "access", "") == "free"
    console = terminal.console(wide=True)
    if downloads:
        folder = _folder(args, dataset, whose, str(file))
        _print_about(args.set, dataset, console)
        if args.list:
            return _print_list(offers(downloads, folder, free=free), console)
        with Bar(of_bytes=True) as progress:
            outcomes = list(_told(fetch(downloads, folder, free=free, web=Web(), tell=progress), console))
        if all(outcome.done for outcome in outcomes):
            root = "" if args.to is None else f" {_root(str(folder))}"
            console.print(escape(f"look at it: segaug data check {args.set}{root}"), soft_wrap=True)
            return 0
    else:
        _print_about(args.set, dataset, console)
    _print_steps(args.set, dataset, free and bool(downloads), console)
    return 0 if args.list else 1


def _refuse_lookups(node: "DictConfig", file: str) -> None:
    """Raise ConfigError where an address would tell a server what is in the environment of this machine."""
    from omegaconf import OmegaConf

    written = OmegaConf.to_container(node, resolve=False)
    if isinstance(written, dict) and "${" in str(written.get("downloads", "")):
        problem, fix = "looks something up (${...})", "write names, addresses and digests out"
        raise ConfigError(key="dataset.downloads", file=file, problem=problem, fix=fix)


def _folder(args: Namespace, dataset: Any, whose: str, file: str) -> Path:  # an instance of a kind of data set
    """Of the set; raises ConfigError where a file of somebody else would choose what is fetched, or where to."""
    from segaug.data.listing import named_folder

    if whose != "segaug" and not args.list and not (args.trust and args.to):
        problem = "names addresses to fetch from, and is not one of segaug's own configs"
        fix = "look at its `downloads`; if you trust them, add --trust, and say where to by --to FOLDER"
        raise ConfigError(key="dataset.downloads", file=file, problem=problem, fix=fix)
    folder: Path = args.to.expanduser() if args.to else named_folder(dataset.root, "dataset.root")
    return folder.absolute()


def _root(folder: str) -> str:
    from segaug.cli.hydra_errors import in_shell

    return f"dataset.root={folder}" if _PLAIN.fullmatch(folder) else in_shell("dataset.root", folder)


def _print_about(name: str, dataset: Any, console: Console) -> None:  # an instance of a kind of data set
    console.print(f"[bold]{escape(name)}[/]   {escape(getattr(dataset, 'extent', ''))}", soft_wrap=True)
    for what in ("licence", "citation"):
        if told := getattr(dataset, what, ""):
            console.print(escape(f"{what:9} {told}"), soft_wrap=True)


def _print_list(offered: "list[Offered]", console: Console) -> int:
    for one in offered:
        where = one.download.address or "by hand, from the page of the data set"
        console.print(escape(f"{one.name}  {where if one.by_us else f'{where} (not fetched: access)'}"), soft_wrap=True)
        console.print(escape(f"  sha256 {one.download.sha256}, becomes {one.place}"), soft_wrap=True, style="dim")
    return 0


def _told(outcomes: "Iterator[Outcome]", console: Console) -> "Iterator[Outcome]":
    for outcome in outcomes:
        console.print(f"[{'green' if outcome.done else 'yellow'}]{escape(outcome.words)}[/]", soft_wrap=True)
        yield outcome


def _print_steps(name: str, dataset: Any, free: bool, console: Console) -> None:  # an instance of a kind of data set
    from segaug.cli.data_list_words import ACCESS

    access, address = getattr(dataset, "access", ""), getattr(dataset, "address", "")
    if not free:
        told = ACCESS.get(access, "not told by its config")
        console.print(escape(f"access: {told}{f'; begin at {address}' if address else ''}"), soft_wrap=True)
    console.print(escape(f"what to look out for: segaug data list {name}"), soft_wrap=True)
    console.print(escape(f"when it is there: segaug data check {name}"), soft_wrap=True)
