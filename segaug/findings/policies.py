"""Sentences of learned policies: what has changed beyond chance, and whether classes can be told apart."""

from collections.abc import Iterator, Sequence

import numpy as np

from segaug.analysis.comparison.effect import Effect
from segaug.analysis.interval import LEVEL
from segaug.analysis.policies.cells import PolicyCell
from segaug.findings.numbers import from_to, number
from segaug.findings.operations import operation_names
from segaug.findings.phrases import counted

_TITLES = {"filter": "blur or sharpen", "intensity_scale": "intensity"}
ENOUGH_SEEDS = 6  # of which all move to the same side by chance less than once in 20 times
LEAST_REACH = 1.0  # that a logit can have moved by: below it a policy of this many updates stays where it started
CHANGE = (
    "change: of the probability that nothing of a group is done, end minus start, mean over seeds; below 0 is more "
    f"augmentation.  Brackets: {100 * LEVEL:.0f} %, Student's t over seeds, each group by itself"
)
HOLM = "p Holm: t test over seeds of the log-odds, adjusted for the groups of a policy; * below 0.05"


def group_words(name: str) -> str:
    """What a group is called: `mirror_rows` is "mirror rows"."""
    return _TITLES.get(name, name.replace("_", " "))


def option_words(group: str, name: str) -> str:
    """What an option is called: `blur_0.5` is "blur 0.5", and `identity` "nothing"."""
    if name == "identity":
        return "nothing"
    return f"{name}°" if group.startswith("rotation") else name.replace("_", " ")


def effect_words(effect: Effect) -> str:
    """A difference of probabilities with its interval."""
    interval = effect.interval
    return _signed(effect.mean) + (f" [{_signed(interval.low)}, {_signed(interval.high)}]" if interval else "")


def clear_words(cell: PolicyCell) -> Iterator[str]:
    """Of each policy, which changes are more than chance."""
    for policy in cell.classes:
        clear = [change for change in policy.changes if change.clear]
        of = counted(len(policy.changes), "group")
        if len(cell.subsets) < 2:
            yield f"{policy.name}: one {cell.unit}, and so nothing is said of chance"
        elif not clear:
            yield f"{policy.name}: in none of {of} the change is more than chance"
        else:
            names = ", ".join(f"{group_words(change.group)} {effect_words(change.effect)}" for change in clear)
            yield f"{policy.name}: in {len(clear)} of {of} the change is more than chance ({names})"


def agree_words(cell: PolicyCell) -> str:
    """In how many groups all seeds moved to one side, beside how many would by chance; "" of one seed.

    Seeds that share their images are one: the mean over them.

    What Adam learns moves by about the same amount wherever it goes, so that the t test alone takes few seeds which
    happen to agree for certain.
    """
    seeds = len(cell.subsets)
    if seeds < 2:
        return ""
    moved = [change.by_seed for policy in cell.classes for change in policy.changes if change.free]
    agreed = sum(min(by_seed) > 0 or max(by_seed) < 0 for by_seed in moved)
    chance = len(moved) * by_chance(seeds)
    found = f"in {agreed} of {counted(len(moved), 'group')}"
    return f"all {seeds} {cell.unit}s moved to the same side {found}; by chance {chance:.1f} would"


def by_chance(seeds: int) -> float:
    """Share of groups with nothing to find in which all seeds move to the same side."""
    return 2 / 2**seeds


def apart_words(cell: PolicyCell) -> str:
    """Whether the policies of foreground and background differ at the end; "" of a single policy."""
    if not cell.apart:
        return ""
    if len(cell.subsets) < 2:
        return f"foreground against background: one {cell.unit}, and so nothing is said of chance"
    clear = [one for one in cell.apart if one.clear]
    if not clear:
        return "foreground and background cannot be told apart: in no group they differ by more than chance"
    told = ", ".join(f"{group_words(one.group)} {effect_words(one.effect)}" for one in clear)
    return f"foreground minus background, where it is more than chance: {told}"


def reach_words(cell: PolicyCell) -> str:
    """How far a logit can have moved."""
    updates = from_to(cell.numbers("policy_updates"), "{:,.0f}".format)
    reach = from_to(cell.numbers("beta_updates"), number)
    told = f"in {updates} policy updates a logit can have moved by {reach}"
    if gamma := cell.numbers("gamma_updates"):
        told += f", at test time by {from_to(gamma, number)}"
    return told


def joined_words(cell: PolicyCell) -> str:
    """Which operations a prediction joins, those of the largest mean weight first; "" where none was learned along."""
    policy = cell.test_time
    if policy is None:
        return ""
    names, weights = operation_names(cell.axes), policy.weights
    seeds = len(weights)
    return "; ".join(
        f"{names[operation]} {np.mean(weights[:, operation]):.2f}"
        + (f" ({count} of {seeds})" if (count := int((weights[:, operation] > 0).sum())) < seeds else "")
        for operation in policy.joined
    )


def summary(cells: Sequence[PolicyCell]) -> str:
    """How many changes are more than chance, of how many."""
    changes = [change for cell in cells for policy in cell.classes for change in policy.changes]
    clear = sum(change.clear for change in changes)
    more = sum(change.clear and change.effect.mean < 0 for change in changes)
    told = f"{clear} of {counted(len(changes), 'group')} of {counted(len(cells), 'cell')} changed by more than chance"
    return f"{told}, {more} of these towards more augmentation." if clear else f"{told}."


def _signed(value: float) -> str:
    """Two decimals, without a negative zero."""
    return f"{round(value, 2) + 0.0:+.2f}"
