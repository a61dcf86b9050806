"""`segaug contract`: does a strategy, a model or a data set keep what its kind promises?  One line for each promise."""

import dataclasses
import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape

from segaug import terminal
from segaug.cli.contract_name import OFFERED_IN, Asked, named
from segaug.cli.parser import add_config_dir
from segaug.errors import UserError

if TYPE_CHECKING:
    from segaug.contract.promise import Verdict
    from segaug.data.task import Dataset

COLOURS = {"held": "green", "broken": "red", "not asked": "dim"}


def add_arguments(parser: ArgumentParser) -> None:
    """Add the name, its options and the output format."""
    parser.epilog = (
        "Exit code: 1 where a promise is broken, else 0.  Strategies and models are tried on small generated images, "
        "and of a data set a few images are read.  Name options with which a strategy of yours learns in seconds: "
        "segaug contract NAME augment.steps=2.  Say where the images of a kind of data set lie: "
        "segaug contract folder dataset.root=FOLDER"
    )
    groups = ", ".join(f"{group}=NAME" for group in OFFERED_IN)
    text = f"NAME of a strategy, a model or a data set ({groups} say which it is), and OPTION=VALUE ..."
    parser.add_argument("overrides", nargs="+", metavar="WORD", help=text)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_config_dir(parser)


def run(args: Namespace) -> int:
    """Ask for each promise and print what was found."""
    asked = named(args.overrides, args.config_dir)
    found = []
    console = None if args.json else terminal.console(wide=True)
    for verdict in _verdicts(asked, args.config_dir):
        found.append(verdict)
        if console:
            _print(verdict, console)
    broken = sum(one.state == "broken" for one in found)
    if console:
        count = sum(one.state != "not asked" for one in found)
        text = f"[red]{broken} of {count} promises broken[/]" if broken else f"[green]all {count} promises held[/]"
        console.print(f"{asked.group}={escape(asked.name)}: {text}", soft_wrap=True)
    else:
        promises = [dataclasses.asdict(one) for one in found]
        print(json.dumps({"group": asked.group, "name": asked.name, "promises": promises}, indent=1))
    return int(bool(broken))


def _verdicts(asked: Asked, config_dir: str | None) -> Iterator["Verdict"]:
    """Those on whether it can be chosen at all, then those on its promises."""
    from segaug.contract.ask import ask_dataset, ask_model, ask_strategy
    from segaug.contract.offered import IMPORTED, bare, refusal
    from segaug.contract.promise import Verdict

    if refused := refusal(asked.group, asked.name):
        yield refused
        return
    chosen, verdict = _chosen(asked, config_dir)
    yield Verdict(IMPORTED, "held")
    yield verdict
    if asked.group != "dataset" and not asked.options:
        chosen, incomplete = bare(asked.group, asked.name, chosen)
        yield from incomplete
    if chosen is None:
        return
    if asked.group == "augment":
        yield from ask_strategy(asked.name, chosen)
    elif asked.group == "model":
        yield from ask_model(chosen)
    else:
        yield from ask_dataset(chosen)


def _chosen(asked: Asked, config_dir: str | None) -> tuple[Any, "Verdict"]:
    """What `GROUP=NAME` composes to, or None; raises UserError where that is about what was typed."""
    from segaug.contract.offered import CHOSEN, without_file
    from segaug.contract.promise import Verdict, raised

    if not asked.has_file:
        return None, without_file(asked.group, asked.name)
    try:
        return _composed(asked, config_dir), Verdict(CHOSEN, "held")
    except UserError as error:
        if asked.group == "dataset" or asked.options:
            raise
        return None, Verdict(CHOSEN, "broken", str(error))
    except Exception as error:  # whatever the code of somebody else raises
        return None, Verdict(CHOSEN, "broken", f"raises {raised(error)}")


def _composed(asked: Asked, config_dir: str | None) -> Any:  # a strategy, a model or a data set
    """What the words choose; raises a UserError of one line, also where a data set cannot be listed or split so."""
    from segaug.cli.composing import tell_of_own
    from segaug.cli.hydra_errors import one_line
    from segaug.data.pooled import Pooled
    from segaug.experiment.outside import compose

    tell_of_own([f"--config-dir={config_dir}"] if config_dir else [])
    with one_line():
        config = compose([f"{asked.group}={asked.name}", *asked.options], config_dir).config
    chosen = getattr(config, asked.group)
    if isinstance(chosen, Pooled):
        fix = f"ask about each of these, e.g. segaug contract {chosen.base}"
        raise UserError(f"contract: dataset={asked.name} is made of other data sets; {fix}")
    if asked.group == "dataset":
        _listed(chosen)
    return chosen


def _listed(dataset: "Dataset") -> None:
    """Raise the UserError that says what has to be typed; whatever else is wrong its promises will tell."""
    from segaug.data.split import split

    try:
        split(dataset.cases(), dataset.split)
    except UserError:
        raise
    except Exception:
        return


def _print(verdict: "Verdict", console: Console) -> None:
    reason = f": {escape(verdict.reason)}" if verdict.reason else ""
    state = f"[{COLOURS[verdict.state]}]{verdict.state:<9}[/]"
    console.print(f"{state}  {escape(verdict.promise)}{reason}", soft_wrap=True)
