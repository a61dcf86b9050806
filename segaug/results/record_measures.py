"""The parts of a record whose keys are measures: what a value may be follows from its key and `segaug/measures.py`."""

import re
from functools import lru_cache
from inspect import getdoc
from typing import Annotated, Any, ClassVar, TypedDict

from msgspec import Meta, ValidationError, convert
from msgspec.json import schema

from segaug.measures import LARGEST, MEASURES

MOST = 2**53 - 1  # no computer counts further, and every reader of JSON knows each whole number up to it
Json = dict[str, Any]  # Any: JSON
Kind = Any  # a type that msgspec can convert to
_OBJECT: Any = TypedDict  # a function here: keys are known only when a record is read

_OF = "^(constant_pool_|constant_|atlas_|validation_)?"  # a measure of a network, or of what it is compared with
_ANY = Annotated[float, Meta(ge=-LARGEST, le=LARGEST)] | None
_RANGES: dict[str, Kind] = {  # keys -> what the value of such a measure may be
    f"{_OF}({'|'.join(measure.key for measure in MEASURES if measure.range == (low, high))})(/|$)": (
        Annotated[float, Meta(ge=low, le=high)] | None
    )
    for low, high in sorted({measure.range for measure in MEASURES})
}
_NAMES, _STEPS = list[str], list[Annotated[int, Meta(ge=0, le=MOST)]]


class Means:
    """Measure -> its mean over test cases or patients; null: not measured.

    A key is one of `segaug/measures.py`; of several structures there is also one of each, such as "dice/rv".
    """

    own: ClassVar[dict[str, Kind]] = {}  # keys that are no measures
    required: ClassVar[tuple[str, ...]] = ()
    keys: ClassVar[str] = "^[^/]"  # all match this

    @classmethod
    def entry(cls, number: Kind) -> Kind:
        """Of a measure whose values are such numbers."""
        return number

    @classmethod
    def check_lengths(cls, lists: Json) -> None:
        """Raise ValueError where lists do not agree; all have the right types."""


class References(Means):
    """What predictions score on the test set that never look at an image: "constant_bce" and the like; or null.

    constant: the best constant; constant_pool: the pool's shares as constant ("ce" instead of "bce" for several
    structures); atlas: the mean mask of the training subset.
    """

    keys = "^[a-z0-9]+_"  # they share a table with what a record counts


class Cases(Means):
    """Names of the test cases ("ids"), whom each shows ("patients"), and measure -> its values, for the best weights.

    Only measures that have one value an image.  The lists are of one length, and may hold null; one is null or empty
    where nothing was measured.  Older records lack "patients": each case is its own.
    """

    own: ClassVar[dict[str, Kind]] = {"ids": _NAMES, "patients": _NAMES}
    required = ("ids",)

    @classmethod
    def entry(cls, number: Kind) -> Kind:
        """A list, or nothing."""
        return list[number] | None

    @classmethod
    def check_lengths(cls, lists: Json) -> None:
        """Raise ValueError where lists do not agree; all have the right types."""
        names = cls.required[0]
        for key, values in lists.items():
            if len(values or ()) != len(lists[names]) and (values or key in cls.own):
                raise ValueError(f"{key!r} has {len(values)} entries and {names!r} has {len(lists[names])}")


class PatientCases(Cases):
    """Names of the test patients ("patients"), and measure -> its values, of measures that have one value a patient."""

    own: ClassVar[dict[str, Kind]] = {"patients": _NAMES}
    required = ("patients",)


class History(Means):
    """What was seen at each validation: "update", "epoch", "training_loss", "validation_bce"; null: not finite.

    "validation_ce" for several structures; "validation_dice" and the like where that chose the weights.  These are
    shorter where the training diverged, and empty without validation labels.
    """

    own: ClassVar[dict[str, Kind]] = {"update": _STEPS, "epoch": _STEPS, "training_loss": list[_ANY]}
    required = ("update", "training_loss")

    @classmethod
    def entry(cls, number: Kind) -> Kind:
        """A list."""
        return list[number]

    @classmethod
    def check_lengths(cls, lists: Json) -> None:
        """Raise ValueError where lists do not agree; all have the right types."""
        for key, values in lists.items():
            if len(values) > len(lists["update"]):
                raise ValueError(f"{key!r} has {len(values)} entries and 'update' has {len(lists['update'])}")


def check(kind: type[Means], content: object) -> Means:
    """What msgspec calls for these types; raises ValueError.  The instance says no more than that it was checked."""
    if not isinstance(content, dict):
        raise ValueError(f"Expected `object`, got `{type(content).__name__}`")
    try:
        convert(content, _type(kind, tuple(content)))  # type: ignore[arg-type]  # mypy takes type[Means] for unhashable
    except ValidationError as error:
        raise ValueError(str(error)) from error  # else msgspec does not say where the object lies
    kind.check_lengths(content)
    return kind()


@lru_cache(maxsize=256)  # the records of a study have the same keys
def _type(kind: type[Means], keys: tuple[str, ...]) -> Kind:
    for key in keys:
        if not re.search(kind.keys, key):
            raise ValueError(f"{key!r} is no name of a measure")
    entries = {key: kind.own.get(key) or kind.entry(_number(key)) for key in {*keys, *kind.required}}
    return _OBJECT(kind.__name__, entries)


def _number(key: str) -> Kind:
    return next((number for pattern, number in _RANGES.items() if re.search(pattern, key)), _ANY)


def json_schema(kind: type[Means]) -> Json:
    """What `check` asks for, as JSON Schema but for lengths that agree."""
    return {
        "type": "object",
        "description": getdoc(kind),
        "required": list(kind.required),
        "properties": {key: schema(own) for key, own in kind.own.items()},
        "propertyNames": {"pattern": kind.keys},
        "patternProperties": {pattern: schema(kind.entry(number)) for pattern, number in _RANGES.items()},
        "additionalProperties": schema(kind.entry(_ANY)),
    }
