"""Which strategy, model or data set `segaug contract` is asked about."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from segaug.cli.choices import config_folders, groups
from segaug.errors import UserError
from segaug.experiment.config.plugins import plugins

OFFERED_IN = {"augment": "strategy", "model": "model", "dataset": "data set"}
"""Config group -> what its options are."""


@dataclass(frozen=True)
class Asked:
    """An option of a config group, and overrides besides."""

    group: str
    name: str
    options: list[str]
    has_file: bool  # conf/GROUP/NAME.yaml of segaug, of a plugin or of the user's own


def named(words: Sequence[str], config_dir: str | None) -> Asked:
    """What these words name; raises UserError where that is nothing, or two things."""
    group, name, rest = _split(words)
    files = groups(config_folders([f"--config-dir={config_dir}"] if config_dir else []))
    known = {of: {*files.get(of, ()), *_plugged(of)} for of in OFFERED_IN}
    found = [of for of, names in known.items() if name in names and group in ("", of)]
    if not found:
        what = OFFERED_IN.get(group, "strategy, model or data set")
        near = get_close_matches(name, set().union(*(known[of] for of in known if group in ("", of))), n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise UserError(f"contract: there is no {what} {name!r}; {hint}`segaug train --help` lists all of them")
    if len(found) > 1:
        kinds = " and a ".join(OFFERED_IN[of] for of in found)
        typed = " or ".join(f"{of}={name}" for of in found)
        raise UserError(f"contract: {name} is a {kinds}; say which: {typed}")
    return Asked(found[0], name, rest, name in files.get(found[0], ()))


def _split(words: Sequence[str]) -> tuple[str, str, list[str]]:
    """Group ("" where none is said), name, and the other words."""
    bare = [word for word in words if "=" not in word]
    said = [word for word in words if word.partition("=")[0] in OFFERED_IN]
    if len(bare) + len(said) != 1 and not (len(bare) == 1 and said):  # an option beside a name may be of another group
        fix = "name one strategy, model or data set, e.g. segaug contract red; everything else is OPTION=VALUE"
        raise UserError(f"contract: got {' and '.join([*bare, *said]) or 'no name'}; {fix}")
    chosen = bare[0] if bare else said[0]
    group, _, name = chosen.rpartition("=")
    return group, name, [word for word in words if word != chosen]


def _plugged(group: str) -> set[str]:
    """Names of plugins, those that are not offered too; nothing is imported."""
    return {plugin.name for plugin in plugins() if plugin.group == group}
