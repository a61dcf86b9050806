from math import log

import pytest
import torch

from segaug.augment.policy.options import groups, place
from segaug.augment.policy.starts import (
    MAGNITUDES,
    STARTS,
    forbidden,
    logits_of,
    probabilities_of,
    randaugment,
    start,
)
from segaug.errors import ConfigError

NNUNET = {
    "scale": 0.2, "rotation": 0.2, "mirror_rows": 0.5, "mirror_columns": 0.5, "gamma": 0.3, "inverted_gamma": 0.1,
    "shift": 0.05, "intensity_scale": 0.15, "contrast": 0.15, "filter": 0.2, "noise": 0.1, "low_resolution": 0.1,
}  # fmt: skip
DEEPMEDIC = {
    "scale": 0.2, "rotation": 0.2, "mirror_rows": 0.05, "mirror_columns": 0.5, "gamma": 0.05, "inverted_gamma": 0.05,
    "shift": 0.15, "intensity_scale": 0.05, "contrast": 0.05, "filter": 0.05, "noise": 0.05, "low_resolution": 0.05,
}  # fmt: skip
PLANES = ("rotation_frontal", "rotation_sagittal", "rotation_longitudinal")


def q_of(name: str, axes: int) -> dict[str, float]:
    """1 - P(identity) of each group, as published."""
    names = [group.name for group in groups(axes)]
    if name == "uniform":
        return {group.name: 1 - 1 / len(group) for group in groups(axes)}
    if name in ("half", "mild"):
        return dict.fromkeys(names, {"half": 0.5, "mild": 0.1}[name])
    flat = dict(NNUNET if name == "nnunet" else DEEPMEDIC)
    if axes == 3:
        of_plane, rows, columns = (flat.pop(each) for each in ("rotation", "mirror_rows", "mirror_columns"))
        flat |= dict.fromkeys(PLANES, 0.1 if name == "nnunet" else of_plane)
        flat |= {"mirror_sagittal": columns, "mirror_frontal": rows, "mirror_axial": rows}
    return flat


@pytest.mark.parametrize("axes", [2, 3])
@pytest.mark.parametrize("name", STARTS)
def test_the_identity_has_1_minus_q_and_the_others_share_q(name, axes):
    policy, q = start(name, axes), q_of(name, axes)
    for group, own in zip(groups(axes), policy, strict=True):
        assert own.dtype == torch.float64
        assert own[0].item() == pytest.approx(1 - q[group.name], abs=1e-12)
        torch.testing.assert_close(own[1:], torch.full_like(own[1:], q[group.name] / (len(group) - 1)))


@pytest.mark.parametrize("axes", [2, 3])
@pytest.mark.parametrize("magnitude", MAGNITUDES)
def test_randaugment_has_all_of_q_on_one_magnitude(magnitude, axes):
    chosen = {
        "small": ("0.05", "5", "0.1", "0.05", ("blur_0.5", "sharpen_0.9"), "0.025", "0.9"),
        "medium": ("0.25", "15", "0.3", "0.15", ("blur_0.7", "sharpen_0.7"), "0.075", "0.7"),
        "large": ("0.45", "25", "0.5", "0.25", ("blur_0.9", "sharpen_0.5"), "0.125", "0.5"),
    }[magnitude]
    kinds = ("scale", "rotation", "gamma", "level", "filter", "noise", "low_resolution")
    wanted = dict(zip(kinds, chosen, strict=True))
    wanted |= {"inverted_gamma": wanted["gamma"], "mirror": "flip"}
    for group, own in zip(groups(axes), randaugment(magnitude, axes), strict=True):
        kind = group.name if group.name in wanted else group.name.split("_")[0]
        names = wanted.get(kind, wanted["level"])
        names = names if isinstance(names, tuple) else (names,)
        q = q_of("nnunet", axes)[group.name]
        expected = {"identity": 1 - q, **dict.fromkeys(names, q / len(names))}
        assert {name: p for name, p in zip(group.names, own.tolist(), strict=True) if p} == pytest.approx(expected)


def test_logits_are_the_published_ones():
    """1 for the identity, 1 + log(q / ((K - 1) (1 - q))) for the others."""
    logits = dict(zip(NNUNET, logits_of(start("nnunet", 2)).split([len(group) for group in groups(2)]), strict=True))
    for name, own in logits.items():
        q = NNUNET[name]
        assert own[0] == 1
        torch.testing.assert_close(own[1:], torch.full_like(own[1:], 1 + log(q / ((len(own) - 1) * (1 - q)))))


@pytest.mark.parametrize("name", STARTS)
def test_the_softmax_of_the_logits_gives_the_probabilities_back(name):
    policy = start(name, 2)
    for own, back in zip(policy, probabilities_of(logits_of(policy), 2), strict=True):
        torch.testing.assert_close(back, own, atol=1e-7, rtol=0)


def test_a_forbidden_option_has_probability_0_and_the_rest_of_its_group_keeps_its_ratios():
    policy, at = start("nnunet", 2), place(2)
    changed = forbidden(policy, ["rotation/90", "mirror_columns", "gamma/identity"], 2)
    rotation, before = changed[at["rotation"]], policy[at["rotation"]]
    assert rotation[4] == 0
    torch.testing.assert_close(rotation[:4], before[:4] / before[:4].sum())
    assert changed[at["mirror_columns"]].tolist() == [1, 0]
    assert changed[at["gamma"]][0] == 0
    untouched = set(at) - {"rotation", "mirror_columns", "gamma"}
    assert all(torch.equal(changed[at[name]], policy[at[name]]) for name in untouched)
    for own, back in zip(changed, probabilities_of(logits_of(changed), 2), strict=True):
        assert torch.equal(back == 0, own == 0)
        torch.testing.assert_close(back, own, atol=1e-7, rtol=0)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["mirror_diagonal"], r"augment\.forbid in a\.yaml: nothing is named mirror_diagonal; .*mirror_rows/\(ident"),
        (["rotation/91"], r"nothing is named rotation/91; .*rotation/\(identity, 5, 15, 25, 90\)"),
        (["mirror_rows", "mirror_rows/identity"], "nothing of mirror_rows is left; leave mirror_rows/identity"),
        ([f"gamma/{name}" for name in ("identity", "0.1", "0.3", "0.5")], "nothing of gamma is left"),
    ],
)  # fmt: skip
def test_what_is_unknown_or_leaves_nothing_is_refused(names, message):
    with pytest.raises(ConfigError, match=message):
        forbidden(start("nnunet", 2), names, 2, "a.yaml")


def test_an_unknown_start_is_refused():
    with pytest.raises(ConfigError, match=r"augment\.start in a\.yaml: got 'unet'; choose from nnunet, deepmedic"):
        start("unet", 2, "a.yaml")
