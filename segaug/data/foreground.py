"""A task without foreground to train on or to be tested on is no task: its scores would be 0.000 and look like ones."""

from collections.abc import Iterable, Mapping

from segaug.errors import ConfigError
from segaug.form import Form

NEEDED = {"test": "to be tested on", "pool": "to train on"}  # parts of the split that need some


def without_foreground(holds: Mapping[str, Iterable[bool]], form: Form) -> list[ConfigError]:
    """An error for each part whose masks hold nothing of the chosen structures.

    holds: of each part in `NEEDED`, does a mask hold any, at the size that the network sees?  Asked no further than the
    first that does.
    """
    return [_nothing(part, form) for part in NEEDED if not any(holds[part])]


def _nothing(part: str, form: Form) -> ConfigError:
    names, size = " or ".join(form.structures), form.size[0]
    problem = f"no mask of the {part} set holds {names} at dataset.size={size}, so there is nothing {NEEDED[part]}"
    fix = (
        "look at them with `segaug data preview`; name the values that the masks hold (dataset.structures.NAME=VALUE), "
        "export masks that are black again, or make dataset.size larger where structures are tiny"
    )
    return ConfigError(key="dataset.structure", problem=problem, fix=fix)
