"""Registered strategies that learn in a second or two, so that every contract can be tried on them."""

from segaug.augment.genda.options import Gan
from segaug.augment.strategy import Strategy
from segaug.experiment.schema import STRATEGIES
from segaug.registration.lddmm import Lddmm

_COARSE = Lddmm(k=3)  # few wave numbers make quick registrations, of fields that are as much a field as fine ones
CHEAP: dict[
    str, dict[str, object]
] = {  # options that let a strategy learn in a second or two; a new one that learns gets a line here
    "regda": {"external": 3, "lddmm": _COARSE},
    "smooth_random": {"external": 4, "lddmm": _COARSE},
    "genda": {"external": 3, "lddmm": _COARSE, "gan": Gan(steps=2, width=4, side_px=16)},
}


def make(name: str) -> Strategy:
    """The registered strategy, with its defaults where learning does not forbid it."""
    return STRATEGIES[name](**CHEAP.get(name, {}))
