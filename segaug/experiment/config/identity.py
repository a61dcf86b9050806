"""What makes two trials the same: the options that decide a result, and the name that is a hash of them.

Options are added all the time, and finished trials are somebody's months.  So an option that came later has a line in
`LATER`, with the value of all that was done before it, and counts only where it differs from that.  Where the result
changes although no option does (a strategy draws other numbers, a trainer rounds in another way), a version is raised:
`version` of a strategy or model class, `TRAINER`; it counts from 2 on.

A default may change as well.  The trials made under the old one are then other trials, and `differences` says which.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from segaug.augment.strategy import CONTENTS
from segaug.data.pooled import Pooled
from segaug.data.task import DESCRIPTIVE
from segaug.experiment.config.schema import DATASETS, MODELS, STRATEGIES, Config, registered_name
from segaug.experiment.config.trial import Trial
from segaug.results.store import Json, canonical
from segaug.ways import PLAIN

TRAINER = 1  # version of the arithmetic in `segaug/training`: raise it where equal options give another result
LATER: dict[str, Any] = {  # option -> what was done before it came, written out: a default may change, this never does
    "augment.baseline.labels": "nearest",
    "augment.baseline.scheme": "composed",
    "augment.joint.intensity_start": 1.0,
    "dataset.arrays.ignore": [],
    "dataset.contours.canvas.above": 1,
    "dataset.contours.canvas.side": None,
    "dataset.contours.canvas.whole": [],
    "dataset.contours.grader": "majority",
    "dataset.contours.graders": {},
    "dataset.contours.ignore": [],
    "dataset.folder.above_zero": False,
    "dataset.folder.alpha": "refuse",
    "dataset.folder.channel": None,
    "dataset.folder.colour": False,
    "dataset.folder.grader": "majority",
    "dataset.folder.graders": {},
    "dataset.folder.id_pad": 0,
    "dataset.folder.ignore": [],
    "dataset.folder.intensity.high": 99.5,
    "dataset.folder.intensity.how": "auto",
    "dataset.folder.intensity.low": 0.5,
    "dataset.folder.intensity.per": "image",
    "dataset.folder.intensity.window": None,
    "dataset.folder.mask_resize": "nearest",
    "dataset.folder.missing_mask": "error",
    "dataset.folder.per_patient": None,
    "dataset.folder.rescale": True,
    "dataset.folder.share_without": 0.1,
    "dataset.phantom.annotator_px": 0,
    "dataset.phantom.appearance": 0.0,
    "dataset.phantom.site_gamma": None,
    "dataset.pooled.allow_overlap": False,
    "dataset.pooled.target": "",
    "dataset.split.column": None,
    "dataset.split.target": [],
    "dataset.volumes.facts": None,
    "dataset.volumes.frames": [],
    "dataset.volumes.ignore": [],
    "dataset.volumes.missing_image": "error",
    "dataset.volumes.missing_mask": "error",
    "protocol.decay": "cosine",
    "protocol.diagnostics": False,
    "protocol.inference_precision": "float32",
    "protocol.objective.background_weight": None,
    "protocol.objective.loss": "cross_entropy",
    "protocol.optimiser.clip_norm": None,
    "protocol.optimiser.momentum": 0.0,
    "protocol.optimiser.name": "adam",
    "protocol.optimiser.nesterov": False,
    "protocol.optimiser.weight_decay": 0.0,
    "protocol.patch": None,
    "protocol.sampling": "proportional",
    "protocol.seeds_per_subset": 1,
    "protocol.select": "bce",
    "source.above_zero": False,
    "source.alpha": "refuse",
    "source.canvas.above": 1,
    "source.canvas.side": None,
    "source.canvas.whole": [],
    "source.channel": None,
    "source.facts": None,
    "source.frames": [],
    "source.grader": "majority",
    "source.graders": {},
    "source.id_pad": 0,
    "source.ignore": [],
    "source.intensity.high": 99.5,
    "source.intensity.how": "auto",
    "source.intensity.low": 0.5,
    "source.intensity.per": "image",
    "source.intensity.window": None,
    "source.mask_resize": "nearest",
    "source.missing_image": "error",
    "source.missing_mask": "error",
    "source.per_patient": None,
    "source.share_without": 0.1,
    "source.site_gamma": None,
    "source.split.column": None,
    "source.split.target": [],
}
"""By `group.option`, or `group.name.option` for an option of one class; a group of options by its members.

`augment.baseline.x` is an option of the baseline, alone and inside of every strategy that has it.  `source.x` is one of
a data set that is pooled, of whatever kind, that came later than pooling: records of then name all that was before it.
"""
GROUPS: dict[str, Mapping[str, type] | None] = {  # group -> its classes, where there are several
    "dataset": DATASETS,
    "model": MODELS,
    "augment": STRATEGIES,
    "scale": None,
    "protocol": None,
}
PREDICT = "predict"  # option, and key of `science`: of what is done after the training
_ABSENT = object()
_VERSIONS = ".versions."  # between a group and the class whose version it is, in the name of an option


def science(config: Config) -> dict[str, Any]:
    """The part of a config that decides a trial's result, as plain values: what its id is a hash of."""
    plain = {group: _science_of(group, getattr(config, group)) for group in GROUPS}
    plain["dataset"] = _undescribed(plain["dataset"])
    if isinstance(config.dataset, Pooled):
        sources = plain["dataset"]["sources"]
        plain["dataset"]["sources"] = {name: _science_of_source(options) for name, options in sources.items()}
    for group in ("model", "augment"):
        plain[group] = {"name": _kind(group, getattr(config, group)), **plain[group]}
    return {**plain, **_ways(config), "seed": config.seed}


def science_of(group: str, value: Any) -> dict[str, Any]:  # an instance of one of the group's classes
    """What `science` says of a model, a strategy or a protocol: its name, where there are several, and its options."""
    name = {"name": _kind(group, value)} if GROUPS[group] is not None else {}
    return {**name, **_science_of(group, value)}


def protocol_hash(config: Config) -> str:
    """What the trials of one curve must share, besides the content of the data set."""
    return digest(science(config)["protocol"])


def trial_id(trial: Trial, content_hash: str) -> str:
    """Content address: everything that decides the result, and nothing else (no path, device or tracker)."""
    return Identities().trial_id(trial, content_hash)


def digest(value: object) -> str:
    """Short name of a JSON value: equal values, equal names, on every machine."""
    return sha256(canonical(value)).hexdigest()[:16]


class Identities:
    """`trial_id` and `protocol_hash` of many trials that share the parts of their configs: each is spelt out once."""

    def __init__(self) -> None:
        self._spelt: dict[tuple[object, ...], tuple[tuple[object, ...], dict[str, Any], str]] = {}

    def trial_id(self, trial: Trial, content_hash: str) -> str:
        """As the function of this name."""
        plain = self.science(trial.config)
        return digest({**plain, "dataset": {"task": trial.task, "content": content_hash}})

    def protocol_hash(self, config: Config) -> str:
        """As the function of this name."""
        return self._shared(config)[1]

    def science(self, config: Config) -> dict[str, Any]:
        """As the function of this name."""
        return {**self._shared(config)[0], "scale": dataclasses.asdict(config.scale), "seed": config.seed}

    def _shared(self, config: Config) -> tuple[dict[str, Any], str]:
        parts = (config.dataset, config.model, config.augment, config.protocol)
        key = (*map(id, parts), *config.ways)
        if key not in self._spelt:
            self._spelt[key] = (parts, science(config), protocol_hash(config))  # parts: kept, so that no id is reused
        _, plain, protocol = self._spelt[key]
        return plain, protocol


@dataclass(frozen=True)
class Difference:
    """An option that is not what it was."""

    option: str
    before: object
    now: object

    def __str__(self) -> str:
        return f"{self.option} was {self.before} and is now {self.now}"

    @property
    def undone(self) -> str:
        """How to have again what was before."""
        if _VERSIONS in self.option:
            return "go back to the segaug that made them"
        return f"set {self.option}={self.before} again"


def differences(before: Json, now: Json) -> list[Difference]:
    """Options in which two trials of a curve differ; before, now: their `science`, of whatever age."""
    changed = []
    for group in ("protocol", "model", "augment"):
        old, new = (dict(_leaves(options.get(group, {}), group)) for options in (before, now))
        kinds = {str(options.get(group, {}).get("name", "")) for options in (before, now)}
        for option in sorted(old.keys() | new.keys()):
            was, is_now = (_value(leaves, option, group, kinds) for leaves in (old, new))
            if was != is_now:
                changed.append(Difference(option, was, is_now))
    was, is_now = (f"[{','.join(options.get(PREDICT, [PLAIN]))}]" for options in (before, now))
    return [*changed, *([Difference(PREDICT, was, is_now)] if was != is_now else [])]


def _ways(config: Config) -> dict[str, list[str]]:
    """Ways of predicting, where there are any beside the plain one, which all trials before them were scored by."""
    return {PREDICT: [*config.ways]} if config.ways != (PLAIN,) else {}


def _undescribed(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options of a data set without those that say where it lies and what it is."""
    return {key: value for key, value in options.items() if key not in DESCRIPTIVE}


def _science_of_source(options: Mapping[str, Any]) -> dict[str, Any]:
    return _without_later(_undescribed(options), "source", "source", "")


def _science_of(group: str, value: Any) -> dict[str, Any]:  # an instance of one of the group's classes
    options = dataclasses.asdict(value)
    if group == "augment":
        options = _by_content(options)
    plain = _without_later(options, group, group, _kind(group, value))
    return plain | _versions(group, value)


def _by_content(options: Mapping[str, Any]) -> dict[str, Any]:
    """A file's name gives way to what the file holds; where an option names none, nothing is held."""
    gone = {name if options.get(content) else content for name, content in CONTENTS.items()}
    return {key: value for key, value in options.items() if key not in gone}


def _kind(group: str, value: object) -> str:
    table = GROUPS[group]
    return registered_name(table, value) if table is not None else ""


def _without_later(tree: Mapping[str, Any], path: str, group: str, kind: str) -> dict[str, Any]:
    """Without the options that have the value of all that was done before they came."""
    kept: dict[str, Any] = {}
    for key, value in tree.items():
        option = f"{path}.{key}"
        if isinstance(value, Mapping) and value:
            inner = _without_later(value, option, group, kind)
            if inner:  # a group of options that came later leaves nothing where none of them counts
                kept[key] = inner
        elif _before(option, group, kind) != value:
            kept[key] = value
    return kept


def _before(option: str, group: str, kind: str) -> Any:  # whatever an option can be
    """Value of an option before it came; `_ABSENT` for those that were there from the start."""
    of_kind = f"{group}.{kind}.{option.removeprefix(f'{group}.')}"
    return LATER.get(option, LATER.get(of_kind, _ABSENT))


def _versions(group: str, value: Any) -> dict[str, Any]:
    if group == "protocol":
        return {"trainer": TRAINER} if TRAINER > 1 else {}
    parts = value.stages() if group == "augment" else (value,)
    versions = {type(part).__name__: version for part in parts if (version := getattr(part, "version", 1)) > 1}
    return {_VERSIONS.strip("."): versions} if versions else {}


def _leaves(tree: Mapping[str, Any], path: str) -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, f"{path}.{key}")
        else:
            yield f"{path}.{key}", value


def _value(leaves: Mapping[str, Any], option: str, group: str, kinds: set[str]) -> Any:
    if option in leaves:
        return leaves[option]
    if _VERSIONS in option:
        return 1  # which is never written
    known = [before for kind in kinds if (before := _before(option, group, kind)) is not _ABSENT]
    return known[0] if known else "not there"
