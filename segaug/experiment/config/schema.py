"""Every option of a trial, typed: tables of names, the schemas behind conf/, and composition to frozen objects.

A new strategy, model or kind of data set is one line in a table below; those of other packages come by `plugins`.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from omegaconf import MISSING, DictConfig, OmegaConf

from segaug.errors import ConfigError
from segaug.experiment.config.plugins import Refused, plugged
from segaug.experiment.config.table import Table
from segaug.internals.hydra import store_later
from segaug.internals.omegaconf import inner_tables, is_table_by_name
from segaug.name import is_name
from segaug.results.record import MOST_SEED
from segaug.results.tracker import TRACKERS
from segaug.training.protocol import Protocol
from segaug.ways import FLIPS, LEARNED, PLAIN, WAYS, in_order

if TYPE_CHECKING:
    from segaug.augment.strategy import Strategy
    from segaug.data.pooled import Pooled
    from segaug.data.task import Dataset
    from segaug.models.network import Model


def _places(layer: str, classes: Mapping[str, str]) -> dict[str, str]:
    """Where the classes of a layer are: "[room.]Class" of a name is in the module of that name."""
    parted = {name: place.rpartition(".") for name, place in classes.items()}
    return {name: f"{'.'.join(filter(None, (layer, room, name)))}:{kind}" for name, (room, _, kind) in parted.items()}


STRATEGY_CLASSES = {  # name -> class in segaug/augment/<name>.py, or <room>.<class> in segaug/augment/<room>/<name>.py
    "none": "NoAugmentation",
    "baseline": "Baseline",
    "red": "RandomElastic",
    "regda": "RegDA",
    "smooth_random": "SmoothRandom",
    "genda": "GenDA",
    "random_elastic_intensity": "RandomElasticIntensity",
    "mixup": "MixUp",
    "gd": "task_driven.GeneratedDeformation",
    "gi": "task_driven.GeneratedIntensity",
    "gd_gi": "task_driven.GeneratedBoth",
    "gd_gi_mixup": "task_driven.GeneratedBothMixUp",
    "adversarial": "task_driven.Adversarial",
    "self_training": "task_driven.SelfTraining",
    "policy_heuristic": "PolicyHeuristic",
    "randaugment": "RandAugment",
    "policy_learned": "PolicyLearned",
    "policy_class_specific": "PolicyClassSpecific",
    "policy_joint": "PolicyJoint",
    "trivialaugment": "TrivialAugment",
    "feature_discrepancy": "FeatureDiscrepancy",
    "deep_supervision": "DeepSupervision",
    "pixel_contrast": "PixelContrast",
    "augpaint": "AugPaint",
    "augpaint_conditional": "augpaint.AugPaintConditional",
    "random_bank": "augpaint.RandomBank",
}
STRATEGIES: Table["Strategy"] = Table(_places("segaug.augment", STRATEGY_CLASSES))
MODEL_CLASSES = {  # the same of segaug/models/ and conf/model/
    "nnunet": "NnUnet",
    "swin_unet": "SwinUnet",
    "unet": "UNet",
    "attn_unet": "AttnUNet",
    "cmunet": "CMUNet",
    "nusegnet": "NuSegNet",
}
MODELS: Table["Model"] = Table(_places("segaug.models", MODEL_CLASSES))
DATASETS: Table["Dataset | Pooled"] = Table(
    {
        "folder": "segaug.data.kinds.folder:Folder",
        "volumes": "segaug.data.kinds.volumes:Volumes",
        "arrays": "segaug.data.kinds.arrays:Arrays",
        "contours": "segaug.data.kinds.contours:Contours",
        "marked": "segaug.data.kinds.marked:Marked",
        "phantom": "segaug.data.phantom:Phantom",
        "pooled": "segaug.data.pooled:Pooled",
    }
)
REFUSED: list[Refused] = []  # plugins that are not offered
for _group, _table in (("augment", STRATEGIES), ("model", MODELS), ("dataset", DATASETS)):
    _taken, _refused = plugged(_group, tuple(_table))
    _table.update(_taken)
    REFUSED += _refused


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How many images (or patients, see protocol.count) a trial is trained on; None is the whole pool."""

    size: int | None = None

    def __post_init__(self) -> None:
        if self.size is not None and self.size < 1:
            raise ConfigError(
                key="scale.size", problem=f"got {self.size}", fix="use at least 1, or scale=all for the pool"
            )


@dataclass(frozen=True, kw_only=True)
class Config:
    """One trial as the user asked for it.  Fields from `name` on do not change its result, and so not its id."""

    dataset: Any = MISSING  # Dataset: a Protocol, which OmegaConf cannot take as a type; the group's schema checks it
    model: Any = MISSING
    augment: Any = MISSING  # Strategy: left open so that sweeps can switch between its subclasses
    scale: Scale = field(default_factory=Scale)
    protocol: Protocol = field(default_factory=Protocol)
    seed: int = 0
    predict: Any = field(default_factory=lambda: [PLAIN])  # ways that are scored, see `ways`: a list, or one's name

    name: str = "main"  # of the study: its folder is results/<name>
    output: str = "results/${name}"
    tracker: Any = MISSING
    shard: str | None = None  # 2/4: the second of four shares of the trials; auto, auto/4: see `array_index`
    device: str = "auto"  # auto | cpu | cuda | cuda:1
    threads: int = 1  # per trial; more threads change the last bits of a result
    weights: bool = False  # keep the best weights, as safetensors
    missing: str = "refuse"  # tasks of a sweep whose data are not on this machine: refuse | skip, left out and said
    mixed_code: bool = False  # go on with a study whose trials were trained by other code than is installed now
    max_same_errors: int = 20  # in a row without a success, before a sweep stops early; 0: never
    cache: str = '${oc.env:SEGAUG_CACHE,"~/.cache/segaug"}'  # decoded images

    def __post_init__(self) -> None:
        check_name("name", self.name)
        check_name("output", self.output)
        if isinstance(self.predict, str):
            object.__setattr__(self, "predict", [self.predict])
        _check_ways(self.predict, self.protocol.validation)
        if not 0 <= self.seed <= MOST_SEED:
            raise ConfigError(key="seed", problem=f"got {self.seed}", fix=f"use 0 to {MOST_SEED}")
        if self.missing not in ("refuse", "skip"):
            raise ConfigError(key="missing", problem=f"got {self.missing}", fix="choose from: refuse, skip")
        if self.max_same_errors < 0:
            raise ConfigError(key="max_same_errors", problem=f"got {self.max_same_errors}", fix="use 1 or more, or 0")
        if self.threads < 1:
            raise ConfigError(key="threads", problem=f"got {self.threads}", fix="use 1 or more")

    @property
    def ways(self) -> tuple[str, ...]:
        """Ways of predicting that are scored, the plain one first; it is whatever is asked for."""
        return in_order(self.predict)


def check_name(key: str, name: str) -> None:
    """Refuse what no table, page or terminal shows as it is."""
    if name and not is_name(name):
        raise ConfigError(key=key, problem=f"{name!r} holds a control character", fix="use printable characters")


def _check_ways(asked: Any, validation: str) -> None:  # whatever a config holds
    """Refuse ways that nobody can predict by."""
    if not isinstance(asked, list) or not all(isinstance(way, str) for way in asked):
        fix = f"name some of {', '.join(WAYS)}, e.g. 'predict=[{PLAIN},{FLIPS}]'"
        raise ConfigError(key="predict", problem=f"got {asked}", fix=fix)
    listed = f"predict=[{','.join(asked)}]"
    if not asked:
        fix = f"name some of {', '.join(WAYS)}; 'predict=[{PLAIN}]' is the plain network"
        raise ConfigError(key="predict", problem="is empty", fix=fix)
    if unknown := [way for way in asked if way not in WAYS]:
        near = get_close_matches(unknown[0], WAYS, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        fix = f"{hint}choose from: {', '.join(WAYS)}"
        raise ConfigError(key="predict", problem=f"unknown way {unknown[0]!r}", fix=fix)
    if len(set(asked)) < len(asked):
        raise ConfigError(key="predict", problem=f"got {listed}", fix="name each way once")
    if LEARNED in asked and validation == "none":
        problem = f"{LEARNED!r} is learned on validation labels, and protocol.validation=none has none"
        raise ConfigError(key="predict", problem=problem, fix="leave it out, or use another protocol.validation")


def register() -> None:
    """Store every schema under the name that conf/<group>/*.yaml names in its defaults; made when one names it."""
    groups: dict[str, Mapping[str, type]] = {
        "dataset": DATASETS,
        "model": MODELS,
        "augment": STRATEGIES,
        "tracker": TRACKERS,
    }
    for group, table in groups.items():
        for name in table:
            store_later(f"base_{name}", group, partial(_of, table, name))
    store_later("base_scale", "scale", partial(_made, Scale))
    store_later("base_protocol", "protocol", partial(_made, Protocol))
    store_later("base_config", None, partial(_made, Config))


def _of(table: Mapping[str, type], name: str) -> DictConfig:
    return _made(table[name])


@cache  # who asks gets a copy
def _made(schema: type) -> DictConfig:
    return blank(schema)


def blank(schema: type) -> DictConfig:
    """A schema's defaults, to be filled in and turned into an object by `OmegaConf.to_object`."""
    node: DictConfig = OmegaConf.structured(schema)
    _unlock(node)
    return node


def _unlock(node: DictConfig) -> None:
    # Composition writes into the node of a frozen class; to_object() makes it a frozen object again.
    OmegaConf.set_readonly(node, False)
    for table in inner_tables(node):
        _unlock(table)
        if is_table_by_name(table):  # a command may add names
            OmegaConf.set_struct(table, False)


def typed(composed: DictConfig) -> Config:
    """Turn a composed config (without its hydra node) into frozen objects; their checks run here."""
    try:
        config = OmegaConf.to_object(composed)
    except dataclasses.FrozenInstanceError as error:  # an option that was added with "+"
        raise ConfigError(
            key=str(error).split("'")[1], problem="there is no such option", fix="leave out the + to see the valid ones"
        ) from error
    if not isinstance(config, Config):
        raise ConfigError(
            key="config", file="conf/config.yaml", problem="lacks base_config", fix="restore its defaults list"
        )
    return config


def registered_name(table: Mapping[str, type], value: object) -> str:
    """The name under which the class of `value` stands in a table."""
    known = table.imported() if isinstance(table, Table) else table.items()
    return next(name for name, kind in known if type(value) is kind)
