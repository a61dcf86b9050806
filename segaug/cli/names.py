"""Long names in tables: numbered there, and told once below or above."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from segaug.analysis.trials.curve_trials import CurveKey

_LONG = 20  # letters, beyond which a name is numbered


class Names:
    """`red(spacing_px=24,p=0.5)` is `red #1` in a table, and in its legend."""

    def __init__(self, names: Iterable[str]) -> None:
        long = [name for name in dict.fromkeys(names) if len(name) > _LONG]
        self._short = {name: f"{_stem(name)} #{number}" for number, name in enumerate(long, 1)}

    def __getitem__(self, name: str) -> str:
        """What stands for it."""
        return self._short.get(name, name)

    def legend(self) -> list[str]:
        """A line a number."""
        return [f"#{number}: {name}" for number, name in enumerate(self._short, 1)]


class _Keyed(Protocol):
    @property
    def key(self) -> CurveKey: ...


T = TypeVar("T", bound=_Keyed)


def shortened(curves: Sequence[T]) -> tuple[list[T], list[str]]:
    """The same dataclasses, their strategies called by their short names; and the legend."""
    names = Names(curve.key.strategy for curve in curves)
    renamed = [replace(curve, key=curve.key._replace(strategy=names[curve.key.strategy])) for curve in curves]  # type: ignore[type-var]
    return renamed, names.legend()


def _stem(name: str) -> str:
    """Without its options."""
    stem = name.partition("(")[0].replace("#", "")
    return stem if len(stem) < _LONG else f"{stem[: _LONG - 4]}..."
