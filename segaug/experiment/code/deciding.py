"""Which code a trial was run by: the installed version, its commit, and a hash of what decides its result."""

import subprocess
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path

import segaug
from segaug.data.pooled import Pooled
from segaug.experiment.code.source import read_source
from segaug.experiment.config.plugins import versions
from segaug.experiment.config.schema import Config
from segaug.results.store import Json

HOME = Path(segaug.__file__).parent
EVERY_TRIAL = ("segaug.experiment.trial.run", "segaug.data.tensors")
"""Modules that every trial begins with; what they import is followed as long as it decides."""
DECISIVE = (
    "data", "deform", "registration", "augment", "models", "training", "metrics", "batch", "patch", "form",
    "known", "grey", "image_hash", "rng", "internals",
    "experiment.planned.parts", "experiment.planned.allowed",
    "experiment.trial.run", "experiment.trial.evaluation", "experiment.trial.sources", "experiment.trial.strength",
)  # fmt: skip
"""Rooms and modules whose code decides what a trial's result is.

A change elsewhere changes which trials are run, which the id of a trial holds, or what is said about them.
"""
WAYS = "segaug.experiment.trial.ways"  # decides where a trial was scored by more ways than the plain one
_GIT_S = 5.0


def code_facts(config: Config) -> Json:
    """The "code" part of the record of a trial; all of it as it was when this process first asked.

    version; commit and changed, null where there is no repository; hash: see `code_hash`; plugins, where any is used:
    the version of each package.
    """
    commit, changed = _commit()
    used = versions({module for module in _choices(config) if not module.startswith("segaug.")})
    facts = {"version": segaug.__version__, "commit": commit, "changed": changed, "hash": code_hash(config)}
    return {**facts, **({"plugins": used} if used else {})}


def code_hash(config: Config) -> str:
    """Of the code that decides a trial's result, as "SHARED.OWN": a change of docstrings or layout is none.

    SHARED is of what every trial runs.  OWN is of what beside that the trial's data set, model, strategy and further
    ways of predicting import, so that a new strategy changes nothing about the others; classes from outside of this
    package count with their file.
    """
    return _hash(_choices(config))


def deciding_files(config: Config) -> tuple[Mapping[str, Path], Mapping[str, Path]]:
    """The files behind SHARED and OWN, by the names of their modules."""
    return _files(_choices(config))


def decides(module: str) -> bool:
    """Is this module of the package one of those whose code decides results?"""
    return any(f"{module}.".startswith(f"segaug.{room}.") for room in DECISIVE)


def reached(starts: Iterable[str]) -> Mapping[str, Path]:
    """Files of these modules, by name, and of the deciding ones that they import, however far."""
    files: dict[str, Path] = {}
    waiting = list(starts)
    while waiting:
        name = waiting.pop()
        if name not in files and (file := _file(name)):
            files[name] = file
            package = name.rpartition(".")[0]  # it runs before its modules
            waiting += filter(decides, [package, *read_source(file).imports])
    return files


def _choices(config: Config) -> frozenset[str]:
    """Modules of what a trial is made of."""
    data = (
        (config.dataset, *config.dataset.sources.values()) if isinstance(config.dataset, Pooled) else (config.dataset,)
    )
    parts = (*data, config.model, config.augment, *config.augment.stages())
    return frozenset([*(type(part).__module__ for part in parts), *([WAYS] if len(config.ways) > 1 else [])])


@cache
def _hash(choices: frozenset[str]) -> str:
    return ".".join(map(_digest, _files(choices)))


def _files(choices: Iterable[str]) -> tuple[Mapping[str, Path], Mapping[str, Path]]:
    shared = reached(EVERY_TRIAL)
    return shared, {name: file for name, file in reached(choices).items() if name not in shared}


def _digest(files: Mapping[str, Path]) -> str:
    digest = sha256()
    for name in sorted(files):
        digest.update(f"{name} {read_source(files[name]).digest}\n".encode())
    return digest.hexdigest()[:12]


def _file(module: str) -> Path | None:
    """Where a module is written, without importing it; None if there is none of this name."""
    top, *rest = module.split(".")
    if top == "segaug":
        place = HOME.joinpath(*rest)
        candidates = [place.with_suffix(".py"), place / "__init__.py"]
    else:  # of a user: its class is in use, so that it was imported
        candidates = [Path(getattr(sys.modules.get(module), "__file__", None) or "")]
    return next((file for file in candidates if file.is_file()), None)


@cache
def _commit() -> tuple[str | None, bool | None]:
    """The commit that the package is checked out at, and whether its files were changed since.

    None where git does not know the package: it is installed, perhaps somewhere inside of another repository.
    """
    if _git("ls-files", "--error-unmatch", "__init__.py") is None:
        return None, None
    commit, status = _git("rev-parse", "HEAD"), _git("status", "--porcelain", "--", ".")
    return commit, None if status is None else bool(status)


def _git(*words: str) -> str | None:
    """What git answers in the package's folder; None where there is no git, no repository, or no answer."""
    command = ["git", "--no-optional-locks", "-C", str(HOME), *words]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=_GIT_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()
