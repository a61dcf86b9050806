"""Every data set that this installation and its user know by name: what it is, and whether it is on this machine."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hydra.core.config_loader import ConfigLoader
from hydra.errors import HydraException
from omegaconf import DictConfig, MissingMandatoryValue, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from segaug.data.cases import IncompleteDatasetError
from segaug.data.kinds.stored import Stored
from segaug.data.phantom import Phantom
from segaug.data.pooled import Pooled
from segaug.data.task import Dataset, Described
from segaug.errors import UserError
from segaug.experiment.config.choice import option_alone
from segaug.experiment.config.pooling import with_sources


@dataclass(frozen=True, kw_only=True)
class KnownSet:
    """One option of the config group `dataset`.  images, patients: None where it cannot be read here."""

    name: str
    file: str  # its config
    whose: str  # "segaug" | "plugin" | "own"
    modality: str = ""
    anatomy: str = ""
    structures: tuple[str, ...] = ()  # that it can segment
    segments: tuple[str, ...] = ()  # those of them that it does segment, where no option says otherwise
    graders: tuple[str, ...] = ()  # where several drew its masks
    licence: str = ""
    access: str = ""  # see `Described`, as all words from here on
    address: str = ""
    extent: str = ""
    overlaps: tuple[str, ...] = ()  # without itself
    traps: tuple[str, ...] = ()
    downloads: tuple[str, ...] = ()  # names of files that `data fetch` knows
    source: str = ""
    citation: str = ""
    note: str = ""
    images: int | None = None
    patients: int | None = None
    state: str  # "here" | "not here" | "generated" | "needs options" | "cannot be read"; "not looked for"
    problem: str = ""  # why it cannot be used as it is


JOINED = ("modality", "anatomy", "licence", "address", "extent", "source", "citation", "note", "access")


def known_sets(
    files: Mapping[str, tuple[str, Path]],
    loader: ConfigLoader,
    told: Callable[[Exception], object],
    *,
    look: bool = True,
    wanted: Callable[[KnownSet], bool] = lambda _: True,
) -> Iterator[KnownSet]:
    """Each of these sets that is wanted, by its words; reads tables and lists folders, and opens no image.

    files: name -> whose it is, and its config.  One that cannot be composed costs itself alone.  told: the one line for
    an error of Hydra.  look: is it on this machine?  If not, the answer is the same on all machines.
    """
    for name, (whose, file) in files.items():
        known = KnownSet(name=name, file=str(file), whose=whose, state="not looked for")
        try:
            described, dataset = _described(known, loader)
            if wanted(described):
                yield _looked_for(described, dataset) if look and dataset is not None else described
        except (UserError, HydraException, OmegaConfBaseException) as error:
            reason = error if isinstance(error, UserError) else told(error)
            state = "needs options" if isinstance(error, MissingMandatoryValue) else "cannot be read"
            known = replace(known, state=state, problem=str(reason))
            if wanted(known):
                yield known


def _described(known: KnownSet, loader: ConfigLoader) -> tuple[KnownSet, Dataset | Pooled | None]:
    """With what its config says, and the data set that can be looked for; None where options are missing."""
    composed = option_alone(loader, "dataset", known.name)
    if OmegaConf.get_type(composed) is Pooled:
        return _pooled(known, composed, loader)
    dataset: Any = OmegaConf.to_object(composed)  # an instance of a kind of data set
    stored = isinstance(dataset, Stored)
    structures = tuple(dataset.structures) if stored else dataset.form.structures
    graders = tuple(getattr(dataset, "graders", ()))
    known = replace(known, structures=structures, segments=dataset.form.structures, graders=graders)
    if isinstance(dataset, Described):
        known = _told(known, dataset)
    if stored and not dataset.root:
        return replace(known, state="needs options", problem="set dataset.root=/path/to/the/data"), None
    return (replace(known, state="generated") if isinstance(dataset, Phantom) else known), dataset


def _pooled(known: KnownSet, composed: DictConfig, loader: ConfigLoader) -> tuple[KnownSet, Pooled | None]:
    """What its sources say, each thing once; the options of `dataset=pooled` itself name none."""
    if not composed.base:
        fix = "name its sources: dataset.base=NAME 'dataset.added=[NAME]'"
        return replace(known, state="needs options", problem=fix), None
    options: Any = OmegaConf.to_object(composed)  # a Pooled
    pooled = with_sources(options, loader)
    said = [_told(known, source) for source in pooled.sources.values() if isinstance(source, Described)]
    words: dict[str, Any] = {
        key: "; ".join(dict.fromkeys(filter(None, (getattr(each, key) for each in said)))) for key in JOINED
    }
    traps = tuple(dict.fromkeys(trap for each in said for trap in each.traps))
    names, structures = tuple(pooled.sources), pooled.form.structures
    return replace(known, **words, structures=structures, segments=structures, overlaps=names, traps=traps), pooled


def _looked_for(known: KnownSet, dataset: Dataset | Pooled) -> KnownSet:
    """Is it here, and how much of it?"""
    if isinstance(dataset, Pooled):
        found = [_looked_for(known, source) for source in dataset.sources.values()]
        missing = next((each for each in found if each.state not in ("here", "generated")), None)
        images, patients = (sum(getattr(each, count) or 0 for each in found) for count in ("images", "patients"))
        return missing or replace(found[0], images=images, patients=patients)
    try:
        cases, problem = dataset.cases(), ""
    except IncompleteDatasetError as error:
        cases, problem = error.cases, str(error)
    except UserError as error:
        return replace(known, state="not here", problem=str(error))
    patients = len({case.patient for case in cases})
    state = "generated" if cases and all(case.recipe for case in cases) else "here"
    return replace(known, images=len(cases), patients=patients, state=state, problem=problem)


def _told(known: KnownSet, dataset: Described) -> KnownSet:
    """With the words of its config; a family lists its members once, so that a set may stand among its own overlaps."""
    return replace(
        known,
        modality=dataset.modality,
        anatomy=dataset.anatomy,
        licence=dataset.licence,
        access=dataset.access,
        address=dataset.address,
        extent=dataset.extent,
        overlaps=tuple(name for name in dataset.overlaps if name != known.name),
        traps=tuple(dataset.traps),
        downloads=tuple(dataset.downloads),
        source=dataset.source,
        citation=dataset.citation,
        note=dataset.note,
    )
