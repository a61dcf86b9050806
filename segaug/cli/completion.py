"""`segaug completion`: tab completion of verbs, options, study names and config choices (`dataset=hi<TAB>`).

argcomplete speaks with the shells.  Config choices are read from the file names of the config folders, not by Hydra's
own engine: that has to import every strategy (and so torch), which takes seconds at each press of the key.
"""

import argparse
import os
from argparse import ArgumentParser, Namespace
from typing import Any

import argcomplete

from segaug.cli.choices import complete_override, config_folders, groups, installed_folders
from segaug.cli.verbs import HYDRA_VERBS
from segaug.errors import UserError
from segaug.results.store import RESULTS

SHELLS = ("bash", "zsh", "fish")
NAMED_ALONE = {"data": ("dataset",), "preview": ("dataset",), "contract": ("augment", "model", "dataset")}
"""Verb -> config groups whose options it takes by their names alone."""
HYDRA_OPTIONS: dict[str, dict[str, Any]] = {  # of HYDRA_VERBS, which argparse sees only here; add_argument's arguments
    "--multirun": {"action": "store_true", "help": "run every combination of the comma-separated choices"},
    "--cfg": {"choices": ["job", "hydra", "all"], "help": "print the config and stop"},
    "--resolve": {"action": "store_true", "help": "with --cfg: resolve interpolations"},
    "--info": {
        "choices": ["searchpath", "config", "defaults", "defaults-tree", "plugins", "all"],
        "help": "explain the config",
    },
    "--config-dir": {"help": "folder with configs of your own"},
}


def add_arguments(parser: ArgumentParser) -> None:
    """Add the shell's name."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = (
        'now:       eval "$(segaug completion bash)"    (zsh: the same; fish: segaug completion fish | source)\n'
        "for good:  put that line into ~/.bashrc, ~/.zshrc (after compinit) or ~/.config/fish/config.fish"
    )
    parser.add_argument("shell", choices=SHELLS)


def run(args: Namespace) -> int:
    """Print the script that the shell evaluates."""
    print(argcomplete.shellcode(["segaug"], shell=args.shell))
    return 0


def answer(parser: ArgumentParser) -> None:
    """Print the completions of the command line that the shell put into the environment; does not return."""
    _attach(parser)
    argcomplete.autocomplete(parser, always_complete_options=False)


def studies(**_: object) -> list[str]:
    """Names of the studies under results/."""
    return sorted({plan.parents[1].name for plan in RESULTS.glob("*/plan/*.json")})


def overrides(prefix: str, **_: object) -> list[str]:
    """Config groups and their options; and data sets and so on by their names alone, where a verb takes them so."""
    words = os.environ["COMP_LINE"].split()
    try:
        known = groups(config_folders(words))
    except UserError:  # a folder that cannot be read: the command itself will say so
        known = groups(installed_folders())
    named = [name for group in NAMED_ALONE.get(words[1] if words[1:] else "", ()) for name in known.get(group, [])]
    return [*complete_override(prefix, known), *(name for name in named if name.startswith(prefix))]


COMPLETERS = {"study": studies, "overrides": overrides}  # by the name of the argument, in every verb


def _add_hydra_arguments(parser: ArgumentParser) -> None:
    for option, settings in HYDRA_OPTIONS.items():
        parser.add_argument(option, **settings)
    parser.add_argument("overrides", nargs="*")


def _attach(parser: ArgumentParser) -> None:
    for action in parser._actions:  # argparse has no public list of a parser's arguments
        if isinstance(action, argparse._SubParsersAction):
            for name, verb in action.choices.items():
                if name in HYDRA_VERBS:
                    _add_hydra_arguments(verb)
                _attach(verb)
        elif action.dest in COMPLETERS:
            action.completer = COMPLETERS[action.dest]  # type: ignore[attr-defined]
