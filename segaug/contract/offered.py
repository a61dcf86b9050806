"""What comes before all promises of an option of a config group: is it offered, and can it be chosen?"""

from collections.abc import Callable, Mapping
from typing import Any

from segaug.contract.cheap import make, make_model
from segaug.contract.promise import Verdict, raised
from segaug.experiment.config.schema import DATASETS, MODELS, REFUSED, STRATEGIES

IMPORTED = "It can be imported, and its name is its own"
CHOSEN = "It has a config file, and can be chosen by its name"
TABLES: dict[str, Mapping[str, type]] = {"augment": STRATEGIES, "model": MODELS, "dataset": DATASETS}
MADE: dict[str, Callable[[str], Any]] = {"augment": make, "model": make_model}
COMPLETE = "Made without any option, it is complete"


def refusal(group: str, name: str) -> Verdict | None:
    """The verdict on a plugin that is not offered; None where there is a class or a config of this name."""
    if name in TABLES[group]:
        return None
    reasons = [one.reason for one in REFUSED if (one.plugin.group, one.plugin.name) == (group, name)]
    return Verdict(IMPORTED, "broken", reasons[0]) if reasons else None


def without_file(group: str, name: str) -> Verdict:
    """The verdict on a class that has no config file."""
    return Verdict(
        CHOSEN, "broken", f"there is no conf/{group}/{name}.yaml in its package, with defaults: [base_{name}]"
    )


def bare(group: str, name: str, chosen: Any) -> tuple[Any, list[Verdict]]:  # a strategy or a model
    """A class with its defaults, or options that make it quick; `chosen` where the name is that of a config alone."""
    if name not in TABLES[group]:
        return chosen, []
    try:
        return MADE[group](name), []
    except Exception as error:  # whatever the code of somebody else raises
        return None, [Verdict(COMPLETE, "broken", f"raises {raised(error)}")]
