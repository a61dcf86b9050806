"""What a config file may set that lies in a folder of a user's, and not in ours: trials, their sweep, and their jobs.

Such files come from colleagues and from the internet.  They choose and describe; they do not say what Hydra runs or
logs, which shell a job starts with, and which folders are written.  On the command line one may say all that.
"""

import os
import re
from collections.abc import Iterator
from typing import Any

from hydra.core.config_store import ConfigStore
from hydra.core.object_type import ObjectType

from segaug.errors import ConfigError
from segaug.experiment.config.folders import conf_dir, studies_dir
from segaug.experiment.guard.entries import entries
from segaug.experiment.guard.interpolation import MARK, looked_up

OF_HYDRA = ("hydra.mode", "hydra.launcher.", "hydra.sweeper.params.", "hydra.sweeper.grids[")
SHELL = ("hydra.launcher.setup", "hydra.launcher.additional_parameters")  # become lines of a batch script
WRITTEN = ("output", "cache")  # folders
_SWEPT = re.compile(r"hydra\.sweeper\.(?:params|grids\[\d+\])\.(.*)", re.DOTALL)
# One name, or those of a sweep: "a,b" or "choice(a,b)"; none begins with a dot, or leads upwards.
_PLAIN_NAMES = re.compile(r"(?!.*\.\.)(?!.*(?:^|[,( ])\.)[\w .,()=+-]+")
_BY_COMMAND = "leave it out of the file; it can be given on the command line"


def is_foreign(file: str) -> bool:
    """Does this file lie outside of the folders that segaug was installed with?"""
    own = (os.path.realpath(folder) for folder in (conf_dir(), studies_dir()))
    return not any(os.path.realpath(file).startswith(folder + os.sep) for folder in own)


def check_name(file: str, config_path: str) -> None:
    """Refuse, by ConfigError, a file of a user's that would stand in for what is installed.

    config_path: group and name, as in "augment/mine".
    """
    if config_path.startswith("hydra/"):
        fix = "choose an installed one by name; what a sweep or a launcher is given can stand in any other file"
        raise ConfigError(key=config_path, file=file, problem="is a part of Hydra from a file", fix=fix)
    if ConfigStore.instance().get_type(f"{config_path.removesuffix('.yaml')}.yaml") is ObjectType.CONFIG:
        problem = "has the name of what is installed, and would be taken instead of it"
        raise ConfigError(key=config_path, file=file, problem=problem, fix="give the file another name")


def check_values(file: str, placed: Any) -> None:
    """Refuse, by ConfigError, what a file of a user's may not set; placed: its values, unresolved, by full keys."""
    for key, value in entries(placed):
        for option, setting in _set_by(key, value, file):
            _check(option, setting, file)
        if isinstance(value, str) and MARK in value and any(map(_of_hydra, looked_up(value).options)):
            raise ConfigError(key=key, file=file, problem="looks up an option of Hydra", fix="write its value")


def _set_by(key: str, value: object, file: str) -> Iterator[tuple[str, object]]:
    """The option that an entry sets, and that which it sweeps over."""
    yield key, value
    if swept := _SWEPT.fullmatch(key):
        word = swept[1].lstrip("+~")
        if not re.fullmatch(r"[\w./@-]+", word) or "hydra" in re.split(r"[./@]", word):
            problem = "sweeps over what is no option of a trial"
            raise ConfigError(key=key, file=file, problem=problem, fix="sweep over options such as augment or seed")
        yield word, value


def _check(key: str, value: object, file: str) -> None:
    if key.partition(".")[0] == "hydra" and not key.startswith(OF_HYDRA):
        taken = ", ".join(option.rstrip(".[") for option in OF_HYDRA)
        fix = f"leave it out; of Hydra's options a file may set {taken}"
        raise ConfigError(key=key, file=file, problem="is Hydra's own", fix=fix)
    if key.startswith(SHELL):
        raise ConfigError(key=key, file=file, problem="would become part of a shell script", fix=_BY_COMMAND)
    if key in WRITTEN:
        raise ConfigError(key=key, file=file, problem="names a folder to be written", fix=_BY_COMMAND)
    if key == "name" and not _PLAIN_NAMES.fullmatch(str(value)):
        problem = f"got {str(value)[:60]!r}, which may name a folder elsewhere"
        raise ConfigError(key=key, file=file, problem=problem, fix="use letters, digits, _ and -")


def _of_hydra(option: str) -> bool:
    return "hydra" in re.split(r"[.\[\]]", option)
