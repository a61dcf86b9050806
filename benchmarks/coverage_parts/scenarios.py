"""All scenarios by the name on the command line."""

from collections.abc import Callable

from .diverged import diverged
from .effort import Effort
from .equivalents import equivalents
from .floor_test import floor_test
from .forms import forms
from .laws import missing, nested, noise, seeds
from .methods import methods
from .paired import paired
from .planning import planning
from .precision import precision
from .shapes import shapes
from .spreads import spreads
from .stated import stated
from .table import Table
from .two_way import two_way
from .verdicts import verdicts

SCENARIOS: dict[str, Callable[[Effort], list[Table]]] = {
    "seeds": seeds,
    "noise": noise,
    "spreads": spreads,
    "nested": nested,
    "missing": missing,
    "diverged": diverged,
    "precision": precision,
    "methods": methods,
    "verdicts": verdicts,
    "stated": stated,
    "shapes": shapes,
    "forms": forms,
    "floor_test": floor_test,
    "two_way": two_way,
    "paired": paired,
    "equivalents": equivalents,
    "planning": planning,
}
