"""Completing a config override (`dataset=hi`, `scale=n8,n1`) from the names of the files in the config folders."""

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from segaug.experiment.config.folders import conf_dir, studies_dir


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


def config_folders(words: list[str]) -> list[Path]:
    """Folders that Hydra would search for a command line: those of segaug and the one named by --config-dir."""
    own = [word.partition("=")[2] for word in words if word.startswith("--config-dir=")]
    own += [following for word, following in pairwise(words) if word == "--config-dir"]
    return [conf_dir(), studies_dir(), *(Path(folder).expanduser() for folder in own if folder)]
