import dataclasses
import json
from types import SimpleNamespace

import pytest
import torch

from segaug.augment.policy.options import groups, place, sizes
from segaug.augment.policy.starts import STARTS, start
from segaug.augment.policy_fixed import Fixed
from segaug.augment.policy_heuristic import PolicyHeuristic
from segaug.augment.strategy import NOTHING
from segaug.batch import NOT_OF_POOL, OF_VALIDATION
from segaug.errors import ConfigError
from segaug.form import Form
from segaug.patch import Patch
from segaug.policy_file import policy_bytes
from segaug.rng import stream

FORM = Form(channels=1, structures=("a",), size=(16, 16))
FILE = r"augment\.\w+ in conf/augment/policy_heuristic\.yaml: "


def prepared(strategy, validation=None):
    from segaug.augment.policy.starts import logits_of

    return Fixed(logits_of(strategy.probabilities(2)), validation)


@pytest.mark.parametrize("name", STARTS)
def test_it_draws_by_the_start_of_its_name(make_batch, name):
    strategy = PolicyHeuristic(start=name)
    for own, expected in zip(strategy.probabilities(2), start(name, 2), strict=True):
        assert torch.equal(own, expected)
    batch = make_batch(rows=6000, size=(2, 2))
    option = strategy.draw_options(batch, prepared(strategy), stream(0)).option
    for number, own in enumerate(start(name, 2)):
        share = (option[:, number] == 0).double().mean().item()
        assert share == pytest.approx(own[0].item(), abs=4.5 * 0.5 / len(batch) ** 0.5)


def test_what_is_forbidden_is_never_drawn(make_batch):
    strategy = PolicyHeuristic(start="uniform", forbid=["mirror_columns", "rotation/90"])
    option = strategy.draw_options(make_batch(rows=3000, size=(2, 2)), prepared(strategy), stream(0)).option
    assert (option[:, place(2)["mirror_columns"]] == 0).all()
    assert set(option[:, place(2)["rotation"]].tolist()) == {0, 1, 2, 3}
    assert set(option[:, place(2)["mirror_rows"]].tolist()) == {0, 1}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"start": "unet"}, FILE + r"got 'unet'; choose from nnunet, deepmedic, uniform, half, mild"),
        ({"forbid": ["mirror"]}, FILE + r"nothing is named mirror; name groups, or single options of scale/\(identity"),
        ({"forbid": ["gamma", "gamma/identity"]}, FILE + "nothing of gamma is left"),
    ],
)
def test_a_wrong_option_is_refused_before_anything_is_decoded(options, message):
    with pytest.raises(ConfigError, match=message):
        PolicyHeuristic(**options).check(FORM)


def test_a_file_gives_its_probabilities_bit_for_bit(tmp_path):
    rng = stream(3)
    policy = {
        group.name: dict(
            zip(group.names, torch.rand(len(group), generator=rng).double().softmax(0).tolist(), strict=True)
        )
        for group in groups(2)
    }
    path = tmp_path / "mine.json"
    path.write_bytes(policy_bytes({"all": policy}, 2, {}))
    assert json.loads(path.read_text())["axes"] == 2
    found = PolicyHeuristic(start=str(path)).resolved().probabilities(2)
    assert [own.tolist() for own in found] == [list(policy[group.name].values()) for group in groups(2)]


def test_validation_images_are_added_as_what_nobody_made(make_batch):
    subset, validation = make_batch(rows=3), make_batch(rows=2)
    validation = dataclasses.replace(validation, index=torch.full((2,), NOT_OF_POOL))
    control = PolicyHeuristic(train_on_validation=True)
    both = control.training_set(subset, prepared(control, validation))
    assert both.index.tolist() == [0, 1, 2, OF_VALIDATION, OF_VALIDATION]
    assert torch.equal(both.image, torch.cat([subset.image, validation.image]))
    assert (control.sees, control.needs_validation) == (("labelled subset", "validation labels"), True)
    plain = PolicyHeuristic()
    assert plain.training_set(subset, prepared(plain)) is subset
    assert (plain.sees, plain.needs_validation) == (("labelled subset",), False)


def test_logits_are_one_row_an_image_on_the_cpu(make_batch):
    strategy = PolicyHeuristic()
    logits = strategy.logits_for(make_batch(rows=5), prepared(strategy))
    assert (logits.shape, logits.dtype, logits.device.type) == ((5, sum(sizes(2))), torch.float32, "cpu")


def test_a_file_of_two_classes_gives_each_patch_its_own_and_whole_images_the_mean(make_batch):
    mirrors = {"background": 0.25, "foreground": 0.75}
    policy = {
        name: {
            group.name: {option: float(option == "identity") for option in group.names}
            if group.name != "mirror_rows"
            else {"identity": 1 - flip, "flip": flip}
            for group in groups(2)
        }
        for name, flip in mirrors.items()
    }
    strategy = PolicyHeuristic(start="mine.json", start_policy=policy)
    batch = make_batch(rows=4)
    ready = strategy.prepare(SimpleNamespace(subset=batch, allowed=NOTHING))
    assert [own.tolist() for own in strategy.probabilities(2)][2] == [0.5, 0.5]
    foreground = torch.tensor([True, False, True, False])
    centre = torch.full((4, 2), 4)
    patched = dataclasses.replace(batch, patch=Patch(centre, (4, 4), foreground, torch.zeros(4, dtype=torch.bool)))
    for asked, expected in ((batch, [0.5] * 4), (patched, [0.75, 0.25, 0.75, 0.25])):
        logits = strategy.logits_for(asked, ready).double().split(sizes(2), dim=1)[2]
        assert logits.softmax(1)[:, 1].tolist() == pytest.approx(expected)
    one = PolicyHeuristic(start="mine.json", start_policy={"all": policy["foreground"]})
    assert one.prepare(SimpleNamespace(subset=batch, allowed=NOTHING)).by_class is None


def test_what_is_forbidden_has_no_order():
    one, other = (PolicyHeuristic(forbid=names) for names in (["noise", "gamma"], ["gamma", "noise", "noise"]))
    assert one == other
