"""Where a policy starts: for each group the probabilities of its options.

P(identity) = 1 - q, and q is spread evenly over the other options.  Source: Li et al. (2023), released code.
"""

from collections.abc import Iterable, Mapping, Sequence

import torch
from torch import Tensor

from segaug.augment.policy.options import IDENTITY, TURN, Group, groups, mirrors, planes
from segaug.errors import ConfigError

Probabilities = tuple[Tensor, ...]  # (K_g,) float64 for each group, in the order of `groups`

MAGNITUDES = {"small": 0, "medium": 1, "large": 2}  # of RandAugment
STARTS = ("nnunet", "deepmedic", "uniform", "half", "mild")
_MILD = 0.1


def start(name: str, axes: int, file: str = "") -> Probabilities:
    """The start of this name; file: where `augment.start` stands, for the message where there is none."""
    if name not in STARTS:
        raise ConfigError(
            key="augment.start", file=file, problem=f"got {name!r}", fix=f"choose from {', '.join(STARTS)}"
        )
    table = groups(axes)
    if name == "uniform":
        return tuple(_spread(group, 1 - 1 / len(group)) for group in table)
    q = {"nnunet": _nnunet, "deepmedic": _deepmedic}.get(name, lambda _: {})(axes)
    return tuple(_spread(group, q.get(group.name, 0.5 if name == "half" else _MILD)) for group in table)


def randaugment(magnitude: str, axes: int) -> Probabilities:
    """The nnU-Net start with all of a group's q on one magnitude; on blur and on sharpening half of it each.

    Mirrors stay, and nothing turns by a quarter.
    """
    q, level = _nnunet(axes), MAGNITUDES[magnitude]
    found = []
    for group in groups(axes):
        names = [name for name in group.names if name not in (IDENTITY, TURN)]
        ladders = [names[i : i + 3] for i in range(0, 6, 3)] if group.name == "filter" else [names]
        chosen = {ladder[level * (len(ladder) - 1) // 2] for ladder in ladders}
        found.append(_on(group, q[group.name], chosen))
    return tuple(found)


def forbidden(probabilities: Probabilities, names: Iterable[str], axes: int, file: str = "") -> Probabilities:
    """The same without some options: probability exactly 0, and the rest of the group made larger in proportion.

    names: of groups, which leaves them the identity, or of single options, such as rotation/90.
    """
    wanted = set(names)
    known = {name for group in groups(axes) for name in (group.name, *(f"{group.name}/{each}" for each in group.names))}
    if unknown := sorted(wanted - known):
        options = "; ".join(f"{group.name}/({', '.join(group.names)})" for group in groups(axes))
        raise _refusal(file, f"nothing is named {', '.join(unknown)}", f"name groups, or single options of {options}")
    return tuple(_without(group, own, wanted, file) for group, own in zip(groups(axes), probabilities, strict=True))


def logits_of(probabilities: Sequence[Tensor]) -> Tensor:
    """Logits (K,) float32 of all groups: log(p / P(identity)) + 1, so that the identity has 1; -inf where p is 0.

    Where the identity is forbidden, log(p) + 1.
    """
    return torch.cat([1 + (own / (own[0] if own[0] > 0 else 1)).log() for own in probabilities]).float()


def probabilities_of(logits: Tensor, axes: int) -> Probabilities:
    """The softmax within each group of logits (K,), in double precision."""
    return tuple(part.softmax(0) for part in logits.double().split([len(group) for group in groups(axes)]))


def _nnunet(axes: int) -> Mapping[str, float]:
    """q of each group.  Rotations: .1 for each of three planes; nnU-Net's own value for its one plane of two axes."""
    return {
        "scale": 0.2,
        **dict.fromkeys(planes(axes), 0.2 if axes == 2 else 0.1),
        **dict.fromkeys(mirrors(axes), 0.5),
        "gamma": 0.3,
        "inverted_gamma": 0.1,
        "shift": 0.05,
        "intensity_scale": 0.15,
        "contrast": 0.15,
        "filter": 0.2,
        "noise": 0.1,
        "low_resolution": 0.1,
    }


def _deepmedic(axes: int) -> Mapping[str, float]:
    """q of each group.  One mirror is usual, left against right: of two axes along the columns, which is our choice."""
    others = ("gamma", "inverted_gamma", "intensity_scale", "contrast", "filter", "noise", "low_resolution")
    usual = "mirror_columns" if axes == 2 else "mirror_sagittal"
    return {
        "scale": 0.2,
        **dict.fromkeys(planes(axes), 0.2),
        **dict.fromkeys(mirrors(axes), 0.05),
        usual: 0.5,
        "shift": 0.15,
        **dict.fromkeys(others, 0.05),
    }


def _spread(group: Group, q: float) -> Tensor:
    return _on(group, q, set(group.names) - {IDENTITY})


def _on(group: Group, q: float, chosen: set[str]) -> Tensor:
    """1 - q for the identity, q spread evenly over the chosen options."""
    share = {IDENTITY: 1 - q, **dict.fromkeys(chosen, q / len(chosen))}
    return torch.tensor([share.get(name, 0.0) for name in group.names], dtype=torch.float64)


def _without(group: Group, own: Tensor, wanted: set[str], file: str) -> Tensor:
    gone = {name for name in group.names if f"{group.name}/{name}" in wanted}
    if group.name in wanted:
        gone |= set(group.names) - {IDENTITY}
    if not gone:
        return own
    left = torch.tensor([0.0 if name in gone else 1.0 for name in group.names], dtype=torch.float64) * own
    if left.sum() == 0:
        if group.name in wanted and IDENTITY not in gone:  # a start without it
            return _on(group, 0.0, set(group.names) - {IDENTITY})
        raise _refusal(file, f"nothing of {group.name} is left", f"leave {group.name}/{IDENTITY} or another option")
    return left / left.sum()


def _refusal(file: str, problem: str, fix: str) -> ConfigError:
    return ConfigError(key="augment.forbid", file=file, problem=problem, fix=fix)
