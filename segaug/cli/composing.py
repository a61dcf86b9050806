"""How verbs that are no Hydra apps compose a trial: their arguments, and what these describe.

A verb adds its arguments by `add_trial` and gets the trial by `composed`, so that none has to remember how errors of
Hydra are told, nor where config files of the user's own lie.
"""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from segaug.cli.choices import shadowed
from segaug.cli.parser import add_config_dir
from segaug.errors import ConfigError

if TYPE_CHECKING:
    from hydra.core.config_loader import ConfigLoader

    from segaug.experiment.config.trial import Trial

_TOLD: set[str] = set()
WORDS = "NAME of a data set, or as for train: dataset=NAME KEY=VALUE ..."


def add_trial(parser: ArgumentParser, text: str = WORDS) -> None:
    """The words that describe a trial, and the folder of --config-dir; text: what help says of the words."""
    parser.add_argument("overrides", nargs="*", metavar="WORD", help=text)
    add_config_dir(parser)


def composed(args: Namespace) -> "Trial":
    """The trial that the arguments of `add_trial` describe; raises a UserError of one line."""
    from segaug.cli.hydra_errors import one_line
    from segaug.experiment.outside import compose

    tell_of_own(_folder(args.config_dir))
    with one_line():
        return compose(with_name(args.overrides), args.config_dir)


def loader_of(config_dir: str | None) -> "ConfigLoader":
    """What composes, for a verb that asks for many configurations; config_dir: of the user's own."""
    from segaug.experiment.config.folders import readable_dir
    from segaug.experiment.outside import own_loader

    tell_of_own(_folder(config_dir))
    return own_loader(config_dir and str(readable_dir(config_dir, "--config-dir")))


def tell_of_own(words: Sequence[str]) -> None:
    """Say of files in folders of the user's, and of plugins, which are not used, and why; each once a process.

    words: of the command line.  Raises ConfigError where a folder of the user's cannot be read.
    """
    from segaug.experiment.config.schema import REFUSED

    for note in [*shadowed(words), *map(str, REFUSED)]:
        if note not in _TOLD:
            _TOLD.add(note)
            print(f"segaug: note: {note}", file=sys.stderr)


def _folder(config_dir: str | None) -> list[str]:
    """As words of a command line."""
    return [f"--config-dir={config_dir}"] if config_dir else []


def with_name(words: Sequence[str]) -> list[str]:
    """`mine dataset.size=96` as overrides: dataset=mine dataset.size=96."""
    names = [word for word in words if "=" not in word and not word.startswith("~")]
    rest = [word for word in words if word not in names]
    if len(names) > 1:
        fix = "name one data set; everything else is KEY=VALUE, e.g. augment=red"
        raise ConfigError(key="NAME", problem=f"got {' and '.join(names)}", fix=fix)
    if names and any(word.startswith("dataset=") for word in rest):
        raise ConfigError(key="dataset", problem=f"is said twice, by {names[0]} too", fix="leave one of them out")
    return [*(f"dataset={name}" for name in names), *rest]
