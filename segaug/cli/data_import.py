"""`segaug data import`: understand a folder, show what was understood, and write a config of the user's own."""

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segaug.errors import ConfigError

if TYPE_CHECKING:
    from segaug.data.cases import FileCase
    from segaug.data.understand.proposal import Proposal


def add_arguments(parser: ArgumentParser) -> None:
    """Add the folder, the name, and what is known better than a guess."""
    parser.epilog = (
        "Nothing in PATH is changed. Written are NAME.yaml, and NAME.csv where a table is needed, into the folder "
        "dataset/ of $SEGAUG_CONF or ~/.config/segaug. Exit code: 0 when they were written and the data set is fit for "
        "use, else 1."
    )
    parser.add_argument("path", metavar="PATH", help="folder with images and masks, in any of the usual layouts")
    parser.add_argument("--name", required=True, help="what the data set is to be called: dataset=NAME")
    parser.add_argument("--yes", action="store_true", help="write without asking")
    parser.add_argument("--replace", action="store_true", help="write over an earlier import of that name")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="an option of the data set")
    parser.add_argument("--window", nargs=2, type=float, metavar=("LOW", "HIGH"), help="of CT, e.g. -160 240")
    parser.add_argument("--intensity", choices=("minmax", "percentile"), help="range of values, instead of a window")
    parser.add_argument("--copies", action="store_true", help="look for near copies, and keep them together")
    parser.add_argument("--json", action="store_true", help="print the proposal as one JSON object; write with --yes")


def run(args: Namespace) -> int:
    """Propose, ask, write and check."""
    from segaug.cli.data_import_files import refuse_taken, write
    from segaug.cli.data_import_output import show, show_check
    from segaug.data.understand.config_text import config_text
    from segaug.data.understand.found import Wishes
    from segaug.data.understand.proposal import understand

    refuse_taken(args.name, args.replace)
    wishes = Wishes(name=args.name, options=_options(args), copies=_copies if args.copies else None)
    proposal = understand(Path(args.path).expanduser(), wishes)
    text = config_text(proposal, date.today())
    if args.json:
        print(json.dumps(asdict(_plain(proposal)) | {"config": text}, indent=1, default=str))
    else:
        show(proposal, text)
    if proposal.asks is not None:
        fix = "say it by --window LOW HIGH, e.g. --window -160 240, or by --intensity percentile"
        raise ConfigError(key=proposal.asks.key, problem=proposal.asks.problem, fix=fix)
    if not (args.yes or _agreed(args)):
        return 1
    written = write(proposal, text, args.replace)
    return show_check(args.name, written, quiet=args.json)


def _plain(proposal: "Proposal") -> "Proposal":
    from dataclasses import replace

    return replace(proposal, asks=None)


def _agreed(args: Namespace) -> bool:
    """Ask, where somebody is there to answer."""
    if args.json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        if not args.json:
            print("nothing was written; add --yes to write this")
        return False
    return input("write this? [y/N] ").strip().lower() in ("y", "yes")


def _options(args: Namespace) -> dict[str, Any]:
    """What was said, as options of the data set; values are YAML, and keys may have dots."""
    import yaml

    options: dict[str, Any] = {}
    for word in args.set:
        key, equals, value = word.partition("=")
        key = key.removeprefix("dataset.")
        if not equals or not key:
            raise ConfigError(key="--set", problem=f"got {word!r}", fix="write KEY=VALUE, e.g. --set size=96")
        try:
            read = yaml.safe_load(value)
        except yaml.YAMLError as error:
            fix = "quote it, e.g. --set \"patient_pattern='^([^_]+)_'\""
            raise ConfigError(key=f"--set {key}", problem=f"{value!r} is no YAML", fix=fix) from error
        _put(options, key.split("."), read)
    if args.window and args.intensity:
        raise ConfigError(key="--window", problem="is given with --intensity", fix="leave one of them out")
    if args.window:
        options["intensity"] = {"how": "window", "window": list(args.window)}
    if args.intensity:
        options["intensity"] = {"how": args.intensity}
    return options


def _put(options: dict[str, Any], path: Sequence[str], value: Any) -> None:
    for part in path[:-1]:
        inner = options.setdefault(part, {})
        if not isinstance(inner, dict):
            raise ConfigError(key=f"--set {'.'.join(path)}", problem=f"{part} is a value", fix="set it once")
        options = inner
    options[path[-1]] = value


def _copies(cases: "Sequence[FileCase]") -> Mapping[str, str]:
    """Groups of near copies, by the id of each image in one."""
    from segaug.data.copies.report import CopiesReport, report_copies

    report: CopiesReport = report_copies(_Listed(cases))  # type: ignore[arg-type]  # of a data set it asks `cases` alone
    return {cases[place].id: name for place, name in report.names().items()}


class _Listed:
    """Images that are listed already."""

    def __init__(self, cases: "Sequence[FileCase]") -> None:
        self._cases = cases

    def cases(self) -> "Sequence[FileCase]":
        """All of them."""
        return self._cases
