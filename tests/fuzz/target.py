"""What a fuzz target is: inputs, and a reader that gives a valid result or a UserError, whatever it is handed."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from segaug.errors import UserError


@dataclass(frozen=True)
class Target:
    """read(folder, input): write the input into the folder where that is needed, and read it as segaug does."""

    name: str
    inputs: Callable[[], st.SearchStrategy[Any]]
    read: Callable[[Path, Any], object]
    weight: float = 1.0  # share of the examples of the default suite; less where one input takes long


def attempts(target: Target, folder: Path, examples: int, number: int, begin: Callable[[], None]) -> None:
    """Try `examples` inputs, those of seed `number`; an error that is no UserError ends it, with a smaller example."""

    @seed(number)
    @settings(
        max_examples=examples, database=None, deadline=None, suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )  # fmt: skip
    @given(target.inputs())
    def attempt(given_input: Any) -> None:
        begin()
        try:
            target.read(folder, given_input)
        except UserError as error:
            assert str(error).strip()  # noqa: PT017
            assert len(str(error)) < 20_000  # noqa: PT017  # a message, not the file

    attempt()
