"""Every data set that this installation and its user know by name: what it is, and whether it is on this machine."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from hydra.core.config_loader import ConfigLoader
from hydra.errors import HydraException
from omegaconf import MissingMandatoryValue
from omegaconf.errors import OmegaConfBaseException

from segaug.data.cases import IncompleteDatasetError
from segaug.data.kinds.stored import Stored
from segaug.data.pooled import Pooled
from segaug.errors import UserError
from segaug.experiment.config.choice import kind, option


@dataclass(frozen=True, kw_only=True)
class KnownSet:
    """One option of the config group `dataset`.  images, patients: None where it cannot be read here."""

    name: str
    file: str  # its config
    whose: str  # "segaug" | "plugin" | "own"
    modality: str = ""
    structures: tuple[str, ...] = ()  # that it can segment
    licence: str = ""
    images: int | None = None
    patients: int | None = None
    state: str  # "here" | "not here" | "generated" | "needs options" | "cannot be read"
    problem: str = ""  # why it cannot be used as it is


def known_sets(
    files: Mapping[str, tuple[str, Path]], loader: ConfigLoader, told: Callable[[Exception], object]
) -> Iterator[KnownSet]:
    """Each of these sets; reads tables and lists folders, and opens no image.

    files: name -> whose it is, and its config.  One that cannot be composed costs itself alone.  told: the one line for
    an error of Hydra.
    """
    for name, (whose, file) in files.items():
        try:
            yield _known(name, whose, str(file), loader)
        except (UserError, HydraException, OmegaConfBaseException) as error:
            reason = error if isinstance(error, UserError) else told(error)
            state = "needs options" if isinstance(error, MissingMandatoryValue) else "cannot be read"
            yield KnownSet(name=name, file=str(file), whose=whose, state=state, problem=str(reason))


def _known(name: str, whose: str, file: str, loader: ConfigLoader) -> KnownSet:
    if kind(loader, "dataset", name) is Pooled:  # it is made of others, which its options name
        fix = "name its sources: dataset.base=NAME 'dataset.added=[NAME]'"
        return KnownSet(name=name, file=file, whose=whose, state="needs options", problem=fix)
    dataset = option(loader, "dataset", name)
    stored = isinstance(dataset, Stored)
    known = KnownSet(
        name=name,
        file=file,
        whose=whose,
        state="here",
        structures=tuple(dataset.structures) if stored else dataset.form.structures,
        modality=getattr(dataset, "modality", ""),
        licence=getattr(dataset, "licence", ""),
    )
    if stored and not dataset.root:
        return replace(known, state="needs options", problem="set dataset.root=/path/to/the/data")
    try:
        cases, problem = dataset.cases(), ""
    except IncompleteDatasetError as error:
        cases, problem = error.cases, str(error)
    except UserError as error:
        return replace(known, state="not here", problem=str(error))
    patients = len({case.patient for case in cases})
    state = "generated" if cases and all(case.recipe for case in cases) else "here"
    return replace(known, images=len(cases), patients=patients, state=state, problem=problem)
