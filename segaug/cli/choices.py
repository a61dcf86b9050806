"""Completing a config override (`dataset=hi`, `scale=n8,n1`) from the names of the files in the config folders."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

from segaug.experiment.config.folders import conf_dir, readable_dir, studies_dir, user_dir
from segaug.experiment.config.plugins import plugin_conf_dirs


def groups(folders: Iterable[Path]) -> dict[str, list[str]]:
    """Config group -> its options: `conf/augment/red.yaml` is option `red` of group `augment`."""
    stems: dict[str, set[str]] = {}
    for folder in folders:
        for file in folder.glob("*/**/*.yaml"):
            stems.setdefault(file.parent.relative_to(folder).as_posix(), set()).add(file.stem)
    return {group: sorted(options) for group, options in sorted(stems.items())}


def complete_override(prefix: str, known: dict[str, list[str]]) -> list[str]:
    """Whole words that continue `prefix`: `GROUP=` before the equals sign, options behind it and behind each comma."""
    group, equals, value = prefix.partition("=")
    if not equals:
        return [f"{name}=" for name in known if name.startswith(prefix)]
    *chosen, begun = value.split(",")
    head = ",".join([*chosen, ""])
    free = (option for option in known.get(group, []) if option not in chosen)
    return [f"{group}={head}{option}" for option in free if option.startswith(begun)]


def installed_folders() -> list[Path]:
    """Folders of config groups that segaug and plugins are installed with."""
    return [conf_dir(), studies_dir(), *plugin_conf_dirs()]


def own_folders(words: Sequence[str]) -> list[Path]:
    """Folders of the user's: the one named by --config-dir in a command line, and `user_dir`.

    Raises ConfigError where one of them cannot be read.
    """
    named = [word.partition("=")[2] for word in words if word.startswith("--config-dir=")]
    named += [following for word, following in pairwise(words) if word == "--config-dir"]
    own = user_dir()
    return [*(readable_dir(folder, "--config-dir") for folder in named if folder), *([own] if own else [])]


def config_folders(words: Sequence[str]) -> list[Path]:
    """All folders that Hydra would search for a command line."""
    return [*installed_folders(), *own_folders(words)]


def shadowed(words: Sequence[str]) -> list[str]:
    """A sentence for each file in a folder of the user's that is not used, since its name is taken."""
    told = []
    known: dict[str, tuple[str, Path]] = {}  # group/option -> whose, and the file
    folders = [("segaug", folder) for folder in installed_folders()] + [("", folder) for folder in own_folders(words)]
    for whose, folder in folders:
        for file in sorted(folder.glob("*/**/*.yaml")):
            name = file.relative_to(folder).with_suffix("").as_posix()
            owner, first = known.setdefault(name, (whose, file))
            if first != file and not whose:
                group, _, option = name.rpartition("/")
                taken = f"{owner} has {group}={option} of its own" if owner else f"{first} comes before it"
                told.append(f"{file} is not used: {taken}; give the file another name")
    return told
