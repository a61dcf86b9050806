"""What `segaug doctor` looks at: each check returns findings and changes nothing."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Literal

from packaging.requirements import Requirement

from segaug.cli.choices import groups, own_folders, shadowed
from segaug.errors import UserError
from segaug.experiment.config.folders import conf_dir, studies_dir, usual_dir
from segaug.experiment.config.plugins import plugins
from segaug.results.store import RESULTS

TESTED_PYTHON = (3, 11), (3, 13)
COMPROMISED = {  # releases that steal credentials when imported: advisory GHSA-w37p-236h-pfx3
    "lightning": ("2.6.2", "2.6.3"),
    "pytorch-lightning": ("2.6.2", "2.6.3"),
}
LOW_DISK_GB, NO_DISK_GB = 10, 1
GB = 1e9


@dataclass(frozen=True)
class Finding:
    """The outcome of one check; `fix` is empty when nothing needs to be done."""

    level: Literal["OK", "WARN", "FAIL"]
    subject: str
    found: str
    fix: str = ""


def check_machine(config_dir: str | None = None) -> list[Finding]:
    """All findings, in the order in which problems should be mended; config_dir: that of --config-dir."""
    own = partial(_own_configs, [f"--config-dir={config_dir}"] if config_dir else [])
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        _python, _packages, _compromised, _device, _precision, _cores, _configs, own, _plugins, _folders, _data,
        _tracker, _cluster,
    )  # fmt: skip
    return [finding for check in checks for finding in check()]


def _python() -> Iterator[Finding]:
    installed = f"{sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}"
    oldest, newest = TESTED_PYTHON
    if sys.version_info < oldest:
        yield Finding("FAIL", "python", installed, f"use Python {'.'.join(map(str, oldest))} or later")
    elif sys.version_info[:2] > newest:
        yield Finding(
            "WARN", "python", installed, f"tested up to {'.'.join(map(str, newest))}; try that if an import fails"
        )
    else:
        yield Finding("OK", "python", installed)


def _packages() -> Iterator[Finding]:
    needed = [Requirement(text) for text in requires("segaug") or []]
    needed = [
        requirement
        for requirement in needed
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""})
    ]
    wrong = [finding for requirement in needed if (finding := check_package(requirement))]
    yield from wrong or [Finding("OK", "packages", f"{len(needed)} packages within the supported ranges")]


def check_package(needed: Requirement) -> Finding | None:
    """What is wrong with one installed requirement, or None."""
    fix = f'pip install "{needed.name}{needed.specifier}"'
    try:
        installed = version(needed.name)
    except PackageNotFoundError:
        return Finding("FAIL", "packages", f"{needed.name} is not installed", fix)
    if needed.specifier.contains(installed, prereleases=True):
        return None
    return Finding("FAIL", "packages", f"{needed.name} {installed}, supported is {needed.specifier}", fix)


def _compromised() -> Iterator[Finding]:
    for name, bad in COMPROMISED.items():
        try:
            installed = version(name)
        except PackageNotFoundError:
            continue
        if installed in bad:
            fix = f"pip uninstall {name}, then replace every credential that this machine could read"
            yield Finding("FAIL", "security", f"{name} {installed} is a compromised release", fix)


def _device() -> Iterator[Finding]:
    import torch

    if torch.cuda.is_available():
        cards = ", ".join(torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count()))
        yield Finding("OK", "device", f"CUDA: {cards}; torch {torch.__version__}")
    elif Path("/proc/driver/nvidia").is_dir() or shutil.which("nvidia-smi"):
        fix = "install a CUDA build of torch that fits the driver (`nvidia-smi` prints its version)"
        yield Finding("WARN", "device", f"an NVIDIA driver, but torch {torch.__version__} cannot use it", fix)
    else:
        yield Finding("OK", "device", f"CPU, no GPU; torch {torch.__version__}")


def _precision() -> Iterator[Finding]:
    from segaug.experiment.machine.precision import bfloat16_units, cpu_flags

    units = bfloat16_units(cpu_flags())
    native = f"bfloat16 by {' and '.join(units)}"
    yield Finding("OK", "precision", f"CPU: {native if units else 'float32; bfloat16 is emulated, and slower'}")


def _cores() -> Iterator[Finding]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    if load > cores:
        fix = "wait for it, or take fewer cores: segaug train study=NAME hydra.launcher.workers=1"
        yield Finding("WARN", "cores", f"{cores}, but other work keeps {load:.0f} busy: trials will be slow", fix)
    else:
        yield Finding("OK", "cores", f"{cores}: a study on a CPU runs one single-thread worker on each")


def _configs() -> Iterator[Finding]:
    try:
        studies = sorted(file.stem for file in (studies_dir() / "study").glob("*.yaml"))
        yield Finding("OK", "configs", f"{conf_dir()}; studies: {', '.join(studies)}")
    except UserError as error:
        yield Finding("FAIL", "configs", str(error), "install segaug again")


def _own_configs(words: list[str]) -> Iterator[Finding]:
    """What lies in folders of the user's own."""
    try:
        folders = own_folders(words)
        wrong = shadowed(words)
    except UserError as error:
        yield Finding("FAIL", "own configs", str(error))
        return
    if not folders:
        yield Finding("OK", "own configs", f"none; files such as {usual_dir()}/dataset/NAME.yaml would be found")
    for folder in folders:
        held = "; ".join(f"{group}: {', '.join(options)}" for group, options in groups([folder]).items())
        yield Finding("OK", "own configs", f"{folder}: {held or 'no file GROUP/NAME.yaml'}")
    yield from (Finding("WARN", "own configs", *told.rsplit("; ", 1)) for told in wrong)


def _plugins() -> Iterator[Finding]:
    """Strategies, models and kinds of data sets of other packages."""
    from segaug.experiment.config.schema import REFUSED

    refused = {one.plugin for one in REFUSED}
    offered: dict[str, list[str]] = {}
    for plugin in plugins():
        if plugin not in refused:
            offered.setdefault(f"{plugin.package} {plugin.version}", []).append(f"{plugin.group}={plugin.name}")
    yield from (Finding("OK", "plugins", f"{package}: {', '.join(names)}") for package, names in offered.items())
    yield from (Finding("WARN", "plugins", *str(one).rsplit("; ", 1)) for one in REFUSED)


def _folders() -> Iterator[Finding]:
    cache = os.environ.get("SEGAUG_CACHE", "~/.cache/segaug")  # the default of `cache` in conf/config.yaml
    for subject, folder in (("results", RESULTS.resolve()), ("cache", Path(cache).expanduser())):
        yield check_folder(subject, folder)


def check_folder(subject: str, folder: Path) -> Finding:
    """Can files be written into a folder (which may not exist yet), and is there room?"""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            free_gb = shutil.disk_usage(there).free / GB
    except OSError as error:
        return Finding("FAIL", subject, f"{folder} cannot be written: {error.strerror}", _where(subject))
    space = f"{folder}, {free_gb:.0f} GB free"
    if free_gb < LOW_DISK_GB:
        return Finding(
            "FAIL" if free_gb < NO_DISK_GB else "WARN", subject, space, f"free some space, or {_where(subject)}"
        )
    return Finding("OK", subject, space)


def _where(subject: str) -> str:
    return "set SEGAUG_CACHE to another folder" if subject == "cache" else "start segaug in another folder"


def _data() -> Iterator[Finding]:
    folder = os.environ.get("SEGAUG_DATA")
    if not folder:
        fix = "export SEGAUG_DATA=FOLDER for real data sets; generated phantoms need none"
        yield Finding("WARN", "data", "SEGAUG_DATA is not set", fix)
    elif not Path(folder).expanduser().is_dir():
        yield Finding(
            "FAIL", "data", f"SEGAUG_DATA={folder} is no folder", "correct it, or unset it to use phantoms only"
        )
    else:
        yield Finding("OK", "data", f"{folder}; `segaug data check` reads every image")


def _tracker() -> Iterator[Finding]:
    mode = os.environ.get("WANDB_MODE")
    yield Finding("OK", "wandb", f"WANDB_MODE={mode}" if mode else "as tracker.mode says; WANDB_MODE is not set")


def _cluster() -> Iterator[Finding]:
    sbatch = shutil.which("sbatch")
    yield Finding("OK", "slurm", sbatch or "no sbatch here: studies run on this machine")
