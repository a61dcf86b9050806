"""Ways of predicting with one trained network: their names, and what their results are called.

A trained network is scored once for each way that `predict` asks for, and the results of each way are a curve of its
own beside the plain network's: of `baseline`, scored with flips, `baseline+flips`.
"""

from collections.abc import Iterable

PLAIN, FLIPS, LEARNED = "none", "flips", "learned"
WAYS = (PLAIN, FLIPS, LEARNED)  # in the order of tables
_JOINT = "+"


def in_order(ways: Iterable[str]) -> tuple[str, ...]:
    """The ways that are scored where these are asked for: the plain network always is, for it is what they improve."""
    asked = {PLAIN, *ways}
    return tuple(way for way in WAYS if way in asked)


def strategy_by(strategy: str, way: str) -> str:
    """Name of the curve of a way: `red(p=0.5)+flips [length=64]` of the curve `red(p=0.5) [length=64]`."""
    if way == PLAIN:
        return strategy
    name, bracket, protocol = strategy.partition(" [")
    return f"{name}{_JOINT}{way}{bracket}{protocol}"


def plain_strategy(strategy: str) -> tuple[str, str]:
    """The curve of the plain network, and the way of this one."""
    name, bracket, protocol = strategy.partition(" [")
    for way in WAYS[1:]:
        if name.endswith(f"{_JOINT}{way}"):
            return f"{name.removesuffix(f'{_JOINT}{way}')}{bracket}{protocol}", way
    return strategy, PLAIN


def row_by(trial: str, way: str) -> str:
    """What names the results of one way of a trial, by the id of the trial."""
    return trial if way == PLAIN else f"{trial}{_JOINT}{way}"


def plain_row(row: str) -> tuple[str, str]:
    """The id of the trial, and the way."""
    for way in WAYS[1:]:
        if row.endswith(f"{_JOINT}{way}"):
            return row.removesuffix(f"{_JOINT}{way}"), way
    return row, PLAIN
