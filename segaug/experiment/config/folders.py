"""Where the config files lie, in a checkout and in a wheel; imports nothing heavy, since tab completion asks it."""

from pathlib import Path

from segaug.errors import ConfigError


def conf_dir() -> Path:
    """The folder of config groups."""
    return _beside_package("conf")


def studies_dir() -> Path:
    """The folder whose `study/` group holds one file per study."""
    return _beside_package("multirun_sweeps")


def _beside_package(name: str) -> Path:
    package = Path(__file__).resolve().parents[2]
    for folder in (package / name, package.parent / name):  # wheel first: site-packages may hold somebody else's conf/
        if folder.is_dir():
            return folder
    raise ConfigError(key=name, problem="the folder is missing from this installation", fix="install segaug again")
