"""The record of one trial: the only thing that analysis and report ever read.  This is its schema, and says each key.

Everything outside "run" is reproduced bit for bit by the same trial on the same machine.  A key that may be left out
came later: older records lack it.  Keys that are not here are of a newer version, and are left alone.  The limits hold
for every trial that there can be, so that none loses its result to one; `docs/record.schema.json` is the same as JSON
Schema.  A trial that raised leaves `failure.json` instead: see `results/failure.py`.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from functools import reduce
from operator import getitem
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from segaug.measures import LARGEST
from segaug.name import FORBIDDEN, PATTERN, RULE, Name
from segaug.results.record_measures import MOST, Cases, History, Json, Means, PatientCases, References
from segaug.results.record_measures import check as check_measures
from segaug.results.record_policies import Policies

SCHEMA = 1
MOST_SEED = 2**63 - 1  # what a column of a table holds
_SHOWN = 60  # characters of a value, in a message
T = TypeVar("T")

Count = Annotated[int, Meta(ge=0, le=MOST)]
Positive = Annotated[int, Meta(ge=1, le=MOST)]
Size = Annotated[int, Meta(ge=1, le=2**31 - 1, description="N: images, or patients where the protocol counts them")]
Seed = Annotated[int, Meta(ge=0, le=MOST_SEED)]
Number = Annotated[float, Meta(ge=-LARGEST, le=LARGEST)]
Length = Annotated[float, Meta(ge=0, le=LARGEST)]
Share = Annotated[float, Meta(ge=0, le=1)]
Seconds = Annotated[float, Meta(ge=0, le=1e12)]
_ID = rf"^(?!\.)[^/\\{FORBIDDEN}]{{1,200}}(?![\s\S])"  # 16 hexadecimal digits today
TrialId = Annotated[str, Meta(pattern=_ID, description="names a trial, and its folder")]
# What a pattern asks for, in words for people.
_RULES = {PATTERN: RULE, _ID: "a name of a folder, without / and control characters, of at most 200 characters"}
PerStructure = Count | list[Count]  # a number, or of several structures a list


class Protocol(Struct, frozen=True, gc=False):
    """What tables ask of the protocol; it has more."""

    subset: Literal["independent", "nested"] = "independent"
    count: Literal["images", "patients"] = "images"
    seeds_per_subset: Positive = 1


class DataSet(Struct, frozen=True, gc=False):
    """What pages ask of the data set; it has more."""

    size: Positive | None = None


class Config(Struct, frozen=True, gc=False):
    """The resolved scientific config: dataset, model, augment, scale, protocol, seed; each an object of its options.

    And predict, a list, where more ways of predicting than the plain one were asked for.
    """

    protocol: Protocol | UnsetType = UNSET
    dataset: DataSet | UnsetType = UNSET
    augment: dict[str, Any] | UnsetType = UNSET  # Any: whatever options there are


class Labels(Struct, frozen=True, gc=False):
    """How many labelled images this trial has cost."""

    training: Count
    validation: Count


class Subset(Struct, frozen=True, gc=False):
    """The training images, by name, and what they were drawn from."""

    ids: list[str]
    patients: Count
    pool: Count
    overlap: Annotated[bool, Meta(description="N > pool / 2: the subsets of two seeds share images")]


class Form(Struct, frozen=True, gc=False):
    """What the task's tensors look like, see `segaug/form.py`."""

    structures: Annotated[list[Name], Meta(min_length=1)]
    channels: Positive | UnsetType = UNSET
    size: list[Positive] | UnsetType = UNSET
    sources: list[str] | UnsetType = UNSET
    ignored: bool | UnsetType = UNSET


class Patches(Struct, frozen=True, gc=False):
    """What of the images the network was shown in training, by `segaug/patch.py`."""

    size: Annotated[list[Positive], Meta(description="pixels along each axis")]
    rows: Annotated[Positive, Meta(description="of all batches")]
    foreground_share: Annotated[Share, Meta(description="of these rows, drawn around a structure")]
    missing_rows: Annotated[Count, Meta(description="of images that lack the class which was wanted: the other's")]


class Seen(Struct, frozen=True, gc=False):
    """How much of one kind of data there was to see."""

    images: Count
    patients: Count
    sources: Annotated[dict[str, Count], Meta(description="images of each; of several sources")] | UnsetType = UNSET


class LayerWeights(Struct, frozen=True, gc=False):
    """Weights of the layers' losses that were learned with the network, after the last update; null: no number."""

    alpha: dict[Name, Number | None]
    never_left_zero: Annotated[float, Meta(ge=0, le=1, description="share of the layers")]


class Learned(Struct, frozen=True, gc=False):
    """Something that was learned before training and knows how good it is; numbers are null where not finite."""

    artefact: Annotated[str, Meta(description="its file in the cache")]
    kind: Name
    health: dict[str, Number | None]
    updates: Count | None = None
    chosen_update: Annotated[Count | None, Meta(description="of which what was chosen is")] = None
    history: (
        Annotated[
            dict[str, list[Number | None]],
            Meta(description="over its checks, at most 64 of them, one list a quantity; update: without a warm-up"),
        ]
        | UnsetType
    ) = UNSET

    def __post_init__(self) -> None:
        """Has every quantity an entry for each update?"""
        if self.history is not UNSET:
            lengths = {name: len(values) for name, values in self.history.items()}
            if "update" not in lengths or len({*lengths.values()}) > 1:
                raise ValueError(f"'history' has lists of {lengths}: want one entry for each 'update'")


class Synthetic(Struct, frozen=True, gc=False):
    """Images that the strategy made before training."""

    made: Count
    kept: Annotated[Count, Meta(description="of these, that it trains on")]
    used: Annotated[Count, Meta(description="of these, that stood in a batch")]

    def __post_init__(self) -> None:
        """Is each a part of the one before?"""
        if not self.made >= self.kept >= self.used:
            raise ValueError(f"{self.made} made, {self.kept} kept, {self.used} used: want fewer and fewer")


class Images(Struct, frozen=True, gc=False):
    """What the trial was given to learn from, and what its strategy made of it; labels count in `labels`."""

    labelled: Count
    unlabelled: Annotated[Count, Meta(description="of the pool; 0 where the strategy does not see them")]
    external: Annotated[Count, Meta(description="the same")]
    synthetic: Synthetic


class Bank(Struct, frozen=True, gc=False):
    """The images that the strategy made, by the image of `subset` that they were made of, in its order."""

    artefact: Annotated[str, Meta(description="its file in the cache")]
    per_image: Positive
    without_foreground: Annotated[Count, Meta(description="images of the subset: nothing is made of them")]
    made: list[Count]
    kept: list[Count]
    scores: Annotated[list[list[Share | None]], Meta(description="by the judge; none of images of which none is made")]
    chosen: Annotated[list[list[bool]], Meta(description="trained on")]
    measures: Annotated[dict[Name, Number | None], Meta(description="of all that were made; null: not known")]
    warnings: list[str]

    def __post_init__(self) -> None:
        """Do the lists tell of the same images?"""
        shape = [len(scores) for scores in self.scores]
        if shape != self.made or [len(chosen) for chosen in self.chosen] != shape:
            raise ValueError("'made', 'scores' and 'chosen' tell of different numbers of images")
        if [sum(chosen) for chosen in self.chosen] != self.kept:
            raise ValueError("'kept' does not count what is 'chosen'")


class Strength(Struct, frozen=True, gc=False):
    """The strategy's own field without the baseline, over 64 draws on the subset, each applied whatever its p.

    Null: not finite.
    """

    displacement_rms_px: Length | None = None
    displacement_p95_px: Annotated[Length | None, Meta(description="of the lengths of all pixels")] = None
    min_jacobian: Number | None = None
    folded_share: Annotated[Share | None, Meta(description="of the cells of four pixels")] = None


class Test(Struct, frozen=True, gc=False):
    """Scores on the test set, of the best and of the last weights."""

    best: Means | None
    last: Means | None


class Source(Struct, frozen=True, gc=False):
    """What a trial on several data sets was trained on of one of them, and how good it is on its test set."""

    role: Literal["base", "added"]
    training: Annotated[Count, Meta(description="images")]
    presentations: Annotated[Count, Meta(description="its rows in all batches")]
    test: Annotated[Test | None, Meta(description="null: diverged; of the one tested on: the record's own")]
    cases: Annotated[Cases | None, Meta(description="null: diverged; and of the one tested on, whose the record's are")]


class Layer(Struct, frozen=True, gc=False):
    """How a layer tells foreground from background on each test case, by `segaug/augment/discrepancy.py`."""

    l_fd: Annotated[list[Number | None], Meta(description="feature discrepancy of the image alone; lower: further")]
    separation: Annotated[list[Length | None], Meta(description="free of scale; null: the image lacks a class")]


class Diagnostics(Struct, frozen=True, gc=False):
    """What the layers of the best weights make of each test case, in the order of `cases`."""

    foreground_px: Annotated[list[Count], Meta(description="pixels of any structure")]
    layers: Annotated[dict[Name, Layer], Meta(description="in the order in which they are computed")]

    def __post_init__(self) -> None:
        """Has every layer a value for each case?"""
        for name, layer in self.layers.items():
            if {len(layer.l_fd), len(layer.separation)} != {len(self.foreground_px)}:
                raise ValueError(f"layer {name!r} is not of {len(self.foreground_px)} cases, as 'foreground_px' is")


class Surfaces(Struct, frozen=True, gc=False):
    """Counts of cases and structures of which both masks are empty, or one is."""

    unit: Literal["mm", "px"]
    both_empty: Count | UnsetType = UNSET
    one_empty: Count | UnsetType = UNSET


class SurfaceDice(Struct, frozen=True, gc=False):
    """What was within reach."""

    unit: Literal["mm", "px"]
    tolerance: Length


class Masks(Struct, frozen=True, gc=False):
    """Counts of test cases, best weights; of several structures a list each."""

    shown: Annotated[PerStructure, Meta(description="something is there to find")]
    missed: Annotated[PerStructure, Meta(description="of these, how many have an empty prediction")]
    astray: Annotated[PerStructure, Meta(description="of these, how many have one without a pixel of it")]
    invented: Annotated[PerStructure, Meta(description="nothing to find, and a prediction")]
    flooded: Annotated[PerStructure, Meta(description="95 % of the image or more is predicted, at most half is true")]
    cases: Count | UnsetType = UNSET


class Recalibration(Struct, frozen=True, gc=False):
    """Fitted on validation; scale > 1: under-confident.  Of several structures an offset a class, background first."""

    scale: Length
    offset: Number | list[Number]


class Foreground(Struct, frozen=True, gc=False):
    """Share of the pixels; of several structures a list."""

    pool: Share | list[Share]
    test: Share | list[Share]


class Training(Struct, frozen=True, gc=False):
    """What was done."""

    updates: Count
    best_update: Count
    parameters: Count
    stopped: Literal["budget", "patience", "diverged"]
    epochs: Annotated[Count, Meta(description="of the labelled images")] | UnsetType = UNSET
    batch_size: Annotated[Positive, Meta(description="rows, with those that the strategy made")] | UnsetType = UNSET
    images: Annotated[Count, Meta(description="trained on, with those that the strategy made")] | UnsetType = UNSET


class Times(Struct, frozen=True, gc=False):
    """Seconds.  What a sweep learned ahead of its trials is in none of them."""

    total: Seconds
    data: Seconds | None = None
    prepare: Annotated[Seconds | None, Meta(description="learning or loading, and measuring `augmentation`")] = None
    augmentation: Seconds | None = None
    network: Seconds | None = None
    other: Seconds | None = None


class Code(Struct, frozen=True, gc=False):
    """See `experiment/code/deciding.py`; null: not known.

    A hash without a dot in it is one of bytes, of before, and says nothing about hashes of today.
    """

    version: str | None = None
    commit: str | None = None
    changed: bool | None = None
    hash: str | None = None
    plugins: Annotated[dict[str, str], Meta(description="packages of others that it used")] | UnsetType = UNSET


class TestTimePolicy(Struct, frozen=True, gc=False):
    """Operations that a way of predicting joins, by their places in the list of all, and their weights."""

    ids: list[Count]
    weights: list[Share]

    def __post_init__(self) -> None:
        """Has each its weight?"""
        if len(self.ids) != len(self.weights):
            raise ValueError(f"{len(self.ids)} operations have {len(self.weights)} weights: want one each")


class Way(Struct, frozen=True, gc=False):
    """One way of predicting with the best weights, recalibrated for itself.

    Of the plain way, `none`, test, cases and what follows are null: they are the record's own.
    """

    passes: Annotated[Count, Meta(description="of the network, for each image; a sliding window is one")]
    validation_dice: Annotated[Share | None, Meta(description="null: no validation labels")]
    tea: Annotated[TestTimePolicy | None, Meta(description="null: no such policy, or one in `policies`")]
    test: Annotated[Test | None, Meta(description="`last` is null: only the plain way scores the last weights")]
    cases: Cases | None
    patient_cases: PatientCases | None
    hd95: Surfaces | None
    masks: Masks | None
    recalibration: Recalibration | None
    nsd: SurfaceDice | None = None


class Run(Struct, frozen=True, gc=False):
    """What may differ when the same trial runs again."""

    seconds: Times
    device: str
    versions: dict[str, str | None]
    peak_memory_mib: Length | None = None
    host: str = ""
    finished: str = ""
    code: Code | None = None
    learning_cpu_seconds: Annotated[
        Seconds | None, Meta(description="of all that is in `learned`, whoever made it; null: not measured")
    ] = None
    learning_cpu_seconds_each: (
        Annotated[
            dict[Name, Seconds], Meta(description="mean over the things of a kind that were learned before training")
        ]
        | UnsetType
    ) = UNSET
    seconds_per_image: (
        Annotated[
            dict[Name, Seconds], Meta(description="on the test set, by way of predicting; where `ways` has several")
        ]
        | UnsetType
    ) = UNSET


class Record(Struct, frozen=True, gc=False, kw_only=True):
    """The record of one trial of segaug."""

    schema: Annotated[int, Meta(ge=SCHEMA, le=SCHEMA)]
    id: Annotated[TrialId, Meta(description="hash of the scientific config and of the data set's content")]
    status: Annotated[Literal["ok", "diverged"], Meta(
        description="diverged: loss or metric became NaN or infinite, a result and not a crash"
    )]  # fmt: skip
    task: Name
    model: Name
    strategy: Name
    size: Size
    seed: Seed
    config: Config
    dataset_hash: str
    protocol_hash: str
    labels: Labels
    images: Annotated[Images, Meta(description="beside their labels")] | UnsetType = UNSET
    patches: Annotated[Patches, Meta(description="without it: whole images")] | UnsetType = UNSET
    subset: Subset
    form: Annotated[Form, Meta(description="without it: one grey structure")] | UnsetType = UNSET
    sees: Annotated[list[str], Meta(description="data that the strategy was allowed to see")]
    saw: Annotated[dict[str, Seen], Meta(description="how much of each of these there was")] | UnsetType = UNSET
    augmentation: Annotated[Strength | None, Meta(description="null: no field")] = None
    learned: Annotated[list[Learned], Meta(description="before training, for this trial or others")] | UnsetType = UNSET
    layer_weights: Annotated[LayerWeights, Meta(description="of a strategy that learns them")] | UnsetType = UNSET
    bank: Annotated[Bank, Meta(description="of a strategy that makes images")] | UnsetType = UNSET
    policies: Annotated[Policies | None, Meta(
        description="of a strategy that learns them; null: not finite"
    )] | UnsetType = UNSET  # fmt: skip
    test: Annotated[Test | None, Meta(description="null: diverged")]
    sources: Annotated[dict[Name, Source], Meta(description="of a pooled task, in the order of `form`")] | UnsetType = (
        UNSET
    )
    cases: Annotated[Cases | None, Meta(description="null: diverged")]
    patient_cases: Annotated[PatientCases | None, Meta(description="null: every patient has one image")] = None
    diagnostics: Annotated[
        Diagnostics | None, Meta(description="where protocol.diagnostics asks for it; null: diverged")
    ] = None
    hd95: Surfaces | None = None
    masks: Annotated[Masks | None, Meta(description="null: diverged")] = None
    nsd: SurfaceDice | None = None
    recalibration: Recalibration | None
    ways: (
        Annotated[
            dict[Literal["none", "flips", "learned"], Way | None],
            Meta(description="of predicting; where more than the plain one was asked for; null: diverged"),
        ]
        | UnsetType
    ) = UNSET
    reference: References
    foreground: Foreground | UnsetType = UNSET
    history: History
    training: Training
    warnings: list[str]
    run: Run
    checksum: Annotated[str, Meta(description="sha256 of the bytes before it; always the last key")] | UnsetType = UNSET

    def __post_init__(self) -> None:
        """Does what is told of each structure, source and training image agree with those that there are?"""
        if self.bank and len(self.bank.made) != len(self.subset.ids):
            raise ValueError(f"'bank' tells of {len(self.bank.made)} images, and 'subset' has {len(self.subset.ids)}")
        if self.sources and self.form and self.form.sources and list(self.sources) != self.form.sources:
            raise ValueError(f"'sources' has {', '.join(self.sources)}, and 'form' has {self.form.sources}")
        if self.ways is not UNSET and "none" not in self.ways:
            raise ValueError("'ways' lacks 'none', the plain one")
        count = len(self.form.structures) if self.form else 1
        for name, values in self._of_structures():
            if (len(values) if isinstance(values, list) else 1) != count:
                raise ValueError(f"{name!r} is not of {count} structure{'s' * (count > 1)}")

    def _of_structures(self) -> Iterator[tuple[str, object]]:
        of_ways = (way.masks for way in (self.ways or {}).values() if way)
        for part in (self.masks, self.foreground, *of_ways):
            if part:
                yield from ((name, getattr(part, name)) for name in part.__struct_fields__ if name != "cases")


def check(record: Json) -> None:
    """Raise ValueError that names the first key which is missing, or holds what no trial can have left."""
    convert_or_say(record, Record)


def convert_or_say(content: Json, kind: type[T]) -> T:
    """Content as an object of this kind; raises ValueError in words for people."""
    try:
        return msgspec.convert(content, kind, dec_hook=check_measures)
    except msgspec.ValidationError as error:
        raise ValueError(_in_words(str(error), content)) from error


def _in_words(problem: str, content: Json) -> str:
    """`Expected `int` >= 1 - at `$.size`` as: size is -4, expected `int` >= 1."""
    problem, *places = problem.replace("`$[...]", "`$.*").split(" - at `$")
    place = "".join(place.rstrip("`") for place in reversed(places)).lstrip(".")
    problem = problem[0].lower() + problem[1:]
    for pattern, rule in _RULES.items():
        problem = problem.replace(f"`str` matching regex {pattern!r}", rule)
    with suppress(LookupError, TypeError):
        value = json.dumps(reduce(getitem, place.split("."), content)) if place else ""
        if value and len(value) <= _SHOWN:
            return f"{place} is {value}, {problem}"
    return f"{place}: {problem}" if place else problem
