"""All scenarios by the name on the command line."""

from collections.abc import Callable

from .effort import Effort
from .laws import missing, nested, noise, seeds
from .shapes import shapes
from .table import Table
from .verdicts import verdicts

SCENARIOS: dict[str, Callable[[Effort], list[Table]]] = {
    "seeds": seeds,
    "noise": noise,
    "nested": nested,
    "missing": missing,
    "shapes": shapes,
    "verdicts": verdicts,
}
