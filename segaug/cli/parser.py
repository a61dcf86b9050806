"""A parser of options that answers a slip in one line: what is wrong, what was meant perhaps, and where help is."""

import os
import re
from argparse import Action, ArgumentError, ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from itertools import islice
from typing import Any, NoReturn

from segaug.errors import UserError

COMPLETING = "_ARGCOMPLETE"  # in the environment, where the shell asks what may come next
_OPTION = re.compile(r"--\w|-[A-Za-z]")  # a word that cannot be a value such as -1


class Parser(ArgumentParser):
    """Of `segaug` or one of its verbs; raises a UserError where argparse prints its usage."""

    def error(self, message: str) -> NoReturn:
        """One line."""
        raise UserError(f"{_about(self)}{message}; `{self.prog} --help` lists what there is")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """An unknown option comes before all else: what follows it was meant as its value, not as a study."""
        words = list(args or ())
        if _has_verbs(self):  # their parsers look at what is theirs
            words = words[: next((place for place, word in enumerate(words) if not word.startswith("-")), len(words))]
        if COMPLETING not in os.environ:  # a line that is not finished yet
            refuse_unknown(words, self._option_string_actions, self.prog)
        parsed: tuple[Namespace, list[str]] = super().parse_known_args(args, namespace)
        return parsed

    def _check_value(self, action: Action, value: Any) -> None:
        """What argparse checks, told by the nearest choice."""
        if action.choices is not None and value not in action.choices:
            raise ArgumentError(action, f"there is no {value!r}; {choose(str(value), map(str, action.choices))}")


def refuse_unknown(words: Iterable[str], known: Iterable[str], command: str) -> None:
    """Name the first word that looks like an option and is none; the beginning of one is enough, as in argparse."""
    known = sorted(known)
    for word in words:
        name = word.partition("=")[0]
        if word == "--":
            return
        if not _OPTION.match(word) or any(option.startswith(name) for option in known):
            continue
        if not name.startswith("--") and name[:2] in known:  # -ofile
            continue
        near = get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise UserError(f"there is no option {name}; {hint}`{command} --help` lists them")


def choose(wrong: str, valid: Iterable[str]) -> str:
    """`did you mean 'red'? choose from: none, red`."""
    valid = list(valid)
    near = get_close_matches(wrong, valid, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"{hint}choose from: {', '.join(valid) or '(none)'}"


def add_config_dir(parser: ArgumentParser) -> None:
    """Of verbs that are no Hydra apps, and compose a configuration all the same."""
    parser.add_argument("--config-dir", metavar="FOLDER", help="a folder with config groups of your own, as for train")


def in_front(words: Sequence[str], options: Mapping[str, bool]) -> list[str]:
    """The options first, with their values: argparse takes positional words from one place alone.

    options: name -> is the next word its value?
    """
    first: list[str] = []
    rest: list[str] = []
    waiting = iter(words)
    for word in waiting:
        if options.get(word, False):
            first += [word, *islice(waiting, 1)]
        else:
            (first if word.partition("=")[0] in options else rest).append(word)
    return [*first, *rest]


def _has_verbs(parser: ArgumentParser) -> bool:
    return any(isinstance(action, _SubParsersAction) for action in parser._actions)


def _about(parser: ArgumentParser) -> str:
    """Which verb it is about."""
    verb = parser.prog.partition(" ")[2]
    return f"{verb}: " if verb else ""
