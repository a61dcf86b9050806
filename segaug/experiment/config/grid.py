"""The trials of a sweep, composed once for each option instead of once for each job: composing costs about 0.1 s.

Where the config groups do not look at each other, what a group becomes depends on what the job says about that group
alone; so it is enough to compose jobs until every group was seen in each of its forms (20 + 2 + 3 + 8 jobs for 20
tasks, 2 models, 3 strategies and 8 sizes, not 960 or 19,200), and to join the parts.
"""

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hydra.core.config_loader import ConfigLoader
from omegaconf import DictConfig

from segaug.errors import ConfigError
from segaug.experiment.config.composed import settled, unsettled
from segaug.experiment.config.entangled import files_of, looks_elsewhere, reaches_out
from segaug.experiment.config.trial import Trial

GROUPS = ("dataset", "model", "augment", "scale", "protocol")
NAMED = {"dataset": "task", "model": "model", "augment": "strategy"}  # group -> the name of a trial that it gives
Overrides = Sequence[str]  # of one job: "augment=red", "augment.p=0.5", "seed=3"


@dataclass(frozen=True)
class _Part:
    """A trial in which some group has a certain form; its learning rate is not settled."""

    trial: Trial
    model: str  # the option of the group `model`
    protocol: tuple[str, ...]  # what of its protocol is swept over

    def settled(self) -> Trial:
        """With the learning rate of its model, and named after its protocol if that is swept over."""
        return _named_after(settled(self.trial, self.model), self.protocol)


@dataclass(frozen=True)
class _Job:
    words: Overrides
    groups: Mapping[str, tuple[str, ...]]  # group -> what the job says about it
    rest: tuple[str, ...]  # what it says about everything else but the seed
    seed: int | None

    def keys(self) -> list[tuple[str, ...]]:
        """What the form of each group depends on."""
        return [(group, *self.groups.get(group, ()), "and", *self.rest) for group in GROUPS]


def trials_of(jobs: Sequence[Overrides], config: DictConfig, loader: ConfigLoader) -> list[Trial]:
    """The trial of each job, in the study folder of the sweep.  config: of the sweep, with its hydra node."""
    composer = Composer(jobs, config, loader)
    trials = composer.from_parts()
    return composer.one_by_one() if trials is None else trials


class Composer:
    """Two ways to the same trials."""

    def __init__(self, jobs: Sequence[Overrides], config: DictConfig, loader: ConfigLoader) -> None:
        self.config, self.loader, self.files = config, loader, files_of(config)
        self.jobs = [_split(words) for words in jobs]
        self.protocols = _swept_protocols(jobs)
        self.composed = 0  # how many configs

    def from_parts(self) -> list[Trial] | None:
        """Every trial, joined from parts; None where an option looks at another one or changes it."""
        parts: dict[tuple[str, ...], _Part] = {}
        joined: dict[tuple[int, ...], Trial] = {}
        trials = []
        for job in self.jobs:
            keys = job.keys()
            if any(key not in parts for key in keys):
                whole = self._compose(job, alone=True)
                if whole is None or not all(_agree(key[0], parts.get(key, whole), whole) for key in keys):
                    return None
                parts |= {key: parts.get(key, whole) for key in keys}
            sources = [parts[key] for key in keys]
            identity = tuple(map(id, sources))  # trials hold dictionaries, which cannot be hashed
            if identity not in joined:
                joined[identity] = _join(sources)
            trials.append(_with_seed(joined[identity], job.seed))
        return trials

    def one_by_one(self) -> list[Trial]:
        """Every trial, composed as a whole."""
        trials = []
        for job in self.jobs:
            whole = self._compose(job, alone=False)
            assert whole is not None  # it is composed whatever the options look at
            trials.append(_with_seed(whole.settled(), job.seed))
        return trials

    def _compose(self, job: _Job, *, alone: bool) -> _Part | None:
        """The trial of one job; with `alone` None if its groups have to do with each other."""
        config = self.loader.load_sweep_config(self.config, list(job.words))
        self.composed += 1
        choices = config.hydra.runtime.choices
        if alone and (
            looks_elsewhere(config) or any(reaches_out(self.files, group, choices[group]) for group in GROUPS)
        ):
            return None
        trial = unsettled(config, config.hydra, self.loader).in_folder(self.config.hydra.sweep.dir)
        swept = tuple(word for word in job.groups.get("protocol", ()) if word in self.protocols)
        return _Part(trial, choices["model"], swept)


def _split(words: Overrides) -> _Job:
    groups: dict[str, tuple[str, ...]] = {}
    rest, seed = [], None
    for word in words:
        key, _, value = word.partition("=")
        group = key.partition(".")[0]
        if key == "seed":
            seed = _seed(value)
        elif group in GROUPS:
            groups[group] = (*groups.get(group, ()), word)
        else:
            rest.append(word)
    return _Job(words, groups, tuple(rest), seed)


def _seed(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ConfigError(key="seed", problem=f"got {text!r}", fix="use whole numbers, e.g. 'seed=range(20)'") from None


def _join(sources: Sequence[_Part]) -> Trial:
    """One group from each, in the order of GROUPS; everything else from the first."""
    by_group = dict(zip(GROUPS, sources, strict=True))
    own = {group: getattr(part.trial.config, group) for group, part in by_group.items()}
    names = {name: getattr(by_group[group].trial, name) for group, name in NAMED.items()}
    trial = Trial(dataclasses.replace(sources[0].trial.config, **own), **names)
    return _Part(trial, by_group["model"].model, by_group["protocol"].protocol).settled()


def _agree(group: str, part: _Part, other: _Part) -> bool:
    """Have both the same form of a group?"""
    same_name = group not in NAMED or getattr(part.trial, NAMED[group]) == getattr(other.trial, NAMED[group])
    return same_name and getattr(part.trial.config, group) == getattr(other.trial.config, group)


def _with_seed(trial: Trial, seed: int | None) -> Trial:
    return trial if seed is None else trial.at(size=trial.config.scale.size, seed=seed)


def _swept_protocols(jobs: Sequence[Overrides]) -> set[str]:
    """Overrides of the protocol that tell jobs apart.

    Those of an option that has several values; and of jobs without any of these, what not all jobs have.
    """
    every = {word for words in jobs for word in words if word.startswith("protocol")}
    keys = Counter(word.partition("=")[0] for word in every)
    several = {word for word in every if keys[word.partition("=")[0]] > 1}
    others = [set(words) & every for words in jobs if not several.intersection(words)]
    shared = set.intersection(*(set(words) for words in jobs)) if jobs else set()
    return several | set[str]().union(*others) - shared


def _named_after(trial: Trial, protocol: Sequence[str]) -> Trial:
    """One curve has one protocol; a sweep over protocols tells its curves apart: `baseline [learning_rate=0.001]`."""
    if not protocol:
        return trial
    words = ", ".join(word.removeprefix("protocol.").removeprefix("protocol=") for word in protocol)
    return dataclasses.replace(trial, strategy=f"{trial.strategy} [{words}]")
