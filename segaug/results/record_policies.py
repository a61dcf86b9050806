"""What a record tells of the augmentation policies that were learned along with the network.

A policy is, in each of its groups, a probability for each option; the first option of a group is to do nothing.  The
policies that the best weights belong to ("best") and the last ones ("final") are told to the last digit, so that a
training can start from them; what is told of others is rounded to six digits.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Annotated

from msgspec import Meta, Struct

from segaug.measures import LARGEST
from segaug.name import Name
from segaug.policy_file import CLASSES
from segaug.results.record_measures import MOST

UPDATE = "update"  # in `snapshots`, beside the groups
_ROUNDED = 5e-7  # at most, of each probability
_FLOAT32 = 1e-6  # by which a softmax may miss a sum of 1

_Count = Annotated[int, Meta(ge=0, le=MOST)]
_Probability = Annotated[float, Meta(ge=0, le=1)]
_Length = Annotated[float, Meta(ge=0, le=LARGEST)]
_OfGroups = dict[Name, list[_Probability]]  # group -> of each of its options


class Policy(Struct, frozen=True, gc=False):
    """One policy: of all rows, or of those that were cut around background or foreground."""

    rows: Annotated[_Count, Meta(description="of all batches, that it drew options for")]
    start: _OfGroups
    final: _OfGroups
    best: Annotated[_OfGroups | None, Meta(description="of the update whose weights are scored; null: diverged")]
    snapshots: Annotated[
        dict[Name, list[_Count | list[_Probability]]],
        Meta(description="update: of some, the first and the last among them; a group: its probabilities at each"),
    ]


class TestTime(Struct, frozen=True, gc=False):
    """The policy at test time: probabilities of its operations, by number; and those that a prediction joins."""

    start: list[_Probability]
    final: list[_Probability]
    best_ids: Annotated[list[_Count], Meta(description="numbers of the operations, the most probable one first")]
    best_weights: Annotated[list[_Probability], Meta(description="of these, together 1")]

    def __post_init__(self) -> None:
        """Do the lists tell of the same operations?"""
        if len(self.start) != len(self.final):
            raise ValueError(f"'start' has {len(self.start)} operations and 'final' has {len(self.final)}")
        _refuse_no_sum("start", self.start)
        _refuse_no_sum("final", self.final)
        if len(self.best_ids) != len(self.best_weights):
            raise ValueError(f"{len(self.best_ids)} 'best_ids', and {len(self.best_weights)} 'best_weights'")
        if len({*self.best_ids}) < len(self.best_ids) or any(one >= len(self.final) for one in self.best_ids):
            raise ValueError(f"'best_ids' are {self.best_ids}: want different ones below {len(self.final)}")
        _refuse_no_sum("best_weights", self.best_weights)


class Policies(Struct, frozen=True, gc=False):
    """Policies of augmentation that were learned by their effect on validation labels."""

    axes: Annotated[int, Meta(ge=2, le=3, description="of the images")]
    groups: Annotated[dict[Name, list[Name]], Meta(description="group -> its options, doing nothing first")]
    policy_updates: _Count
    beta: Annotated[_Length, Meta(description="learning rate of the policies in training")]
    beta_updates: Annotated[
        _Length, Meta(description="sum of the rates over the policy updates: how far a logit can have moved")
    ]
    gamma: Annotated[_Length | None, Meta(description="learning rate of the policy at test time; null: none")]
    gamma_updates: Annotated[_Length | None, Meta(description="the same sum of gamma")]
    classes: Annotated[dict[Name, Policy], Meta(description="all, or background and foreground")]
    test_time: Annotated[TestTime | None, Meta(description="null: none was learned along")]

    def __post_init__(self) -> None:
        """Does what is told of each class agree with the groups and their options?"""
        if not any(set(names) == set(self.classes) for names in CLASSES):
            raise ValueError(f"'classes' are {', '.join(self.classes)}: want all, or background and foreground")
        for name, policy in self.classes.items():
            for part in ("start", "final", "best"):
                told = getattr(policy, part)
                if told is not None:
                    self._check(f"{part!r} of {name}", told)
            self._check_snapshots(name, policy.snapshots)

    def _check(self, what: str, told: Mapping[str, Sequence[float]]) -> None:
        if told.keys() != self.groups.keys():
            raise ValueError(f"{what} has the groups {', '.join(told)}: want {', '.join(self.groups)}")
        for group, probabilities in told.items():
            if len(probabilities) != len(self.groups[group]):
                options = len(self.groups[group])
                raise ValueError(f"{what} has {len(probabilities)} probabilities in {group}, of {options} options")
            _refuse_no_sum(f"{group} of {what}", probabilities)

    def _check_snapshots(self, name: str, told: Mapping[str, Sequence[int | list[float]]]) -> None:
        lengths = {group: len(entries) for group, entries in told.items()}
        if UPDATE not in told or len({*lengths.values()}) > 1:
            raise ValueError(f"'snapshots' of {name} has lists of {lengths}: want one entry for each 'update'")
        updates = [entry for entry in told[UPDATE] if isinstance(entry, int)]
        if len(updates) < len(told[UPDATE]) or any(after <= before for before, after in pairwise(updates)):
            raise ValueError(f"'update' in the snapshots of {name} is {told[UPDATE]}: want numbers that ascend")
        for moment in _moments(told):
            self._check(f"a snapshot of {name}", moment)


def _moments(told: Mapping[str, Sequence[int | list[float]]]) -> Iterator[dict[str, list[float]]]:
    """The whole policy at each of the updates."""
    for place in range(len(told[UPDATE])):
        entries = {group: entries[place] for group, entries in told.items() if group != UPDATE}
        yield {group: entry if isinstance(entry, list) else [] for group, entry in entries.items()}


def _refuse_no_sum(what: str, probabilities: Sequence[float]) -> None:
    total = sum(probabilities)
    if abs(total - 1) > _FLOAT32 + _ROUNDED * len(probabilities):
        raise ValueError(f"{what} sums to {total:.7g}: want 1")
