"""Where the config files lie: segaug's in a checkout and in a wheel, plugins', and a folder of the user's own.

Imports nothing heavy, since tab completion asks it.
"""

import os
from pathlib import Path

from segaug.errors import ConfigError

OWN = "SEGAUG_CONF"  # in the environment: the user's own folder


def conf_dir() -> Path:
    """The folder of config groups."""
    return _beside_package("conf")


def studies_dir() -> Path:
    """The folder whose `study/` group holds one file per study."""
    return _beside_package("multirun_sweeps")


def user_dir() -> Path | None:
    """The folder with config groups of the user's own, absolute: $SEGAUG_CONF, else `usual_dir`; None without.

    Raises ConfigError where a folder is named that is none, and where one cannot be read.
    """
    if named := os.environ.get(OWN):
        return readable_dir(named, OWN)
    folder = usual_dir()
    return readable_dir(str(folder), OWN) if os.path.lexists(folder) else None


def usual_dir() -> Path:
    """Where the user's own config folder is looked for, and made, unless $SEGAUG_CONF names another."""
    home = os.environ.get("XDG_CONFIG_HOME", "")
    return Path(home if os.path.isabs(home) else os.path.expanduser("~/.config")) / "segaug"  # as XDG asks for


def readable_dir(text: str, key: str) -> Path:
    """A folder, absolute, ~ replaced; raises ConfigError by the option that named it where it cannot be read."""
    folder = Path(os.path.abspath(os.path.expanduser(text)))
    if not folder.is_dir():
        what = f"{folder} is no folder" if os.path.lexists(folder) else f"there is no folder {folder}"
        raise ConfigError(key=key, problem=what, fix="name one that exists")
    if not os.access(folder, os.R_OK | os.X_OK):
        fix = f"let yourself in with chmod u+rx {folder}, or name another one"
        raise ConfigError(key=key, problem=f"the config folder {folder} cannot be read", fix=fix)
    return folder


def _beside_package(name: str) -> Path:
    package = Path(__file__).resolve().parents[2]
    for folder in (package / name, package.parent / name):  # wheel first: site-packages may hold somebody else's conf/
        if folder.is_dir():
            return folder
    raise ConfigError(key=name, problem="the folder is missing from this installation", fix="install segaug again")
