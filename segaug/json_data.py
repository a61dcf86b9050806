"""JSON from files that may hold anything."""

import json
from typing import Any, NoReturn


def parse_json(data: bytes | str) -> Any:  # Any: whatever JSON holds
    """The value; raises ValueError for all that is no JSON, also for NaN, infinities and nesting without end."""
    try:
        return json.loads(data, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")
