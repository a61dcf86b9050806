"""Where an imported data set is written: the config folder of the user's own."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from segaug.errors import ConfigError
from segaug.files import create_exclusive, write_atomic

if TYPE_CHECKING:
    from segaug.data.understand.proposal import Proposal


def refuse_taken(name: str, replace: bool) -> None:
    """Raise where the name is none, is one of segaug's or of a plugin's, or was used before."""
    from segaug.cli.choices import installed_folders

    if not name.isidentifier() or not name.isascii():
        fix = "use letters, digits and underscores, and no digit in front"
        raise ConfigError(key="--name", problem=f"got {name!r}", fix=fix)
    if any((folder / "dataset" / f"{name}.yaml").exists() for folder in installed_folders()):
        fix = "choose another one; `segaug data list` shows those that are taken"
        raise ConfigError(key="--name", problem=f"{name} is a data set of segaug's own", fix=fix)
    file = _folder() / f"{name}.yaml"
    if file.exists() and not replace:
        raise ConfigError(key="--name", problem=f"{file} exists", fix="choose another one, or add --replace")


def write(proposal: "Proposal", text: str, replace: bool) -> list[Path]:
    """Write the table, if any, and then the config that names it, each whole or not at all."""
    from segaug.data.understand.config_text import table_text

    folder, files = _folder(), []
    folder.mkdir(parents=True, exist_ok=True)
    if proposal.table:
        files.append(folder / f"{proposal.name}.csv")
        write_atomic(files[-1], table_text(proposal.table).encode())
    files.append(folder / f"{proposal.name}.yaml")
    if replace:
        write_atomic(files[-1], text.encode())
    elif not create_exclusive(files[-1], text.encode()):
        raise ConfigError(key="--name", problem=f"{files[-1]} exists", fix="choose another one, or add --replace")
    return files


def _folder() -> Path:
    """Of the user's own data sets; made where it is missing."""
    from segaug.experiment.config.folders import OWN, usual_dir

    named = os.environ.get(OWN)
    return (Path(os.path.abspath(os.path.expanduser(named))) if named else usual_dir()) / "dataset"
