"""Each promise can be broken: what does so is told by the promise that it breaks, in one line, whatever it raises."""

from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
import pytest
import torch
from torch import nn

from segaug.augment.baseline import Baseline
from segaug.augment.strategy import Strategy
from segaug.contract import aside, augmenting, datasets, networks, patches, predicting
from segaug.contract.ask import OF_DATASETS, OF_MODELS, OF_STRATEGIES
from segaug.contract.datasets import TriedSet
from segaug.contract.examples import GREY_SQUARE
from segaug.contract.little import OneConvolution
from segaug.contract.networks import TriedModel
from segaug.contract.promise import Broken, verdict, words_of
from segaug.contract.tried import Tried
from segaug.data.phantom import Phantom
from segaug.data.task import Described
from segaug.models.side import check_side


@dataclass(frozen=True, kw_only=True)
class Plain(Strategy):
    """A change of intensity, and the baseline."""

    baseline: Baseline = field(default_factory=Baseline)

    def stages(self):
        return (self, self.baseline)

    def sample(self, batch, prepared, rng):
        return torch.rand(len(batch), generator=rng)

    def recolour(self, image, params, prepared):
        return image * params[:, None, None, None]


@dataclass(frozen=True, kw_only=True)
class WithoutBaseline(Plain):
    def stages(self):
        return (self,)


@dataclass(frozen=True, kw_only=True)
class Smaller(Plain):
    def recolour(self, image, params, prepared):
        return image[..., :-1]


@dataclass(frozen=True, kw_only=True)
class Bright(Plain):
    def recolour(self, image, params, prepared):
        return 2 * image


@dataclass(frozen=True, kw_only=True)
class Unseeded(Plain):
    def sample(self, batch, prepared, rng):
        return torch.rand(len(batch))


@dataclass(frozen=True, kw_only=True)
class OneForAll(Plain):
    baseline: Baseline = field(
        default_factory=lambda: Baseline(p_flip=0, max_angle_deg=0, min_scale=1, max_scale=1, max_shear=0)
    )

    def stages(self):
        return (self, replace(self.baseline, p=0.0))

    def sample(self, batch, prepared, rng):
        return torch.rand(1, generator=rng).expand(len(batch))


@dataclass(frozen=True, kw_only=True)
class Mixed(Plain):
    def recolour(self, image, params, prepared):
        return (image + image.mean(0, keepdim=True)) / 2


@dataclass(frozen=True, kw_only=True)
class InPlace(Plain):
    def sample(self, batch, prepared, rng):
        batch.spacing_mm.mul_(2)
        return super().sample(batch, prepared, rng)


@dataclass(frozen=True, kw_only=True)
class Raising(Plain):
    def recolour(self, image, params, prepared):
        raise RuntimeError("no such\nluck")


@dataclass(frozen=True, kw_only=True)
class Leaving(Plain):
    def recolour(self, image, params, prepared):
        raise SystemExit(3)


@dataclass(frozen=True, kw_only=True)
class Unready(Plain):
    def prepare(self, context):
        raise ValueError("not today")


@dataclass(frozen=True, kw_only=True)
class Peeking(Plain):
    def predict(self, model, image, prepared):
        return model(image)[:1]


STRATEGIES = [
    (WithoutBaseline, augmenting.changes_image_and_label, "all labels come out as they were, in 10 steps"),
    (WithoutBaseline, augmenting.the_baseline_is_paired, "0 of its stages are the baseline, and own_baseline is False"),
    (Smaller, augmenting.shape_type_and_device_stay, "raises "),
    (Bright, augmenting.values_stay_in_range, "images come out in .*, not 0.0 to 1.0"),
    (Unseeded, augmenting.one_stream_one_result, "draw from `rng` alone"),
    (Unseeded, aside.global_random_state_is_left_alone, "that of torch was moved"),
    (OneForAll, augmenting.rows_are_drawn_apart, "of 12 equal images 1 different ones"),
    (Mixed, augmenting.rows_do_not_mix, "image 0: .*Greatest absolute difference"),
    (InPlace, aside.the_input_is_not_written_to, "spacing_mm was changed in place"),
    (Raising, augmenting.rows_do_not_mix, "raises RuntimeError: no such luck"),
    (Leaving, augmenting.steps_differ, "raises SystemExit: 3"),
    (Unready, augmenting.it_prepares, "raises ValueError: not today"),
    (Raising, patches.patches_come_out_as_drawn, "raises RuntimeError: no such luck"),
    (Peeking, predicting.it_takes_any_model_and_repeats, r"its logits are \(1, 1, 48, 48\)"),
    (Peeking, predicting.it_has_seen_validation_labels, "`sees` is labelled subset"),
]


@pytest.mark.parametrize(("kind", "promise", "reason"), STRATEGIES)
def test_a_strategy_that_breaks_a_promise_is_told_so(kind, promise, reason, learning):
    found = verdict(promise, {"grey": lambda: Tried("of_a_plugin", kind(), GREY_SQUARE, learning)})
    assert found.state == "broken"
    with pytest.raises(Broken, match=f"^grey: .*{reason}"):
        raise Broken(found.reason)
    assert "\n" not in found.reason
    assert len(found.reason) <= 300
    held = verdict(promise, {"": lambda: Tried("of_a_plugin", Plain(), GREY_SQUARE, learning)})
    assert held.state == ("not asked" if promise in predicting.PROMISES else "held")


def test_what_cannot_be_prepared_is_told_once(learning):
    states = [
        verdict(promise, {"": lambda: Tried("of_a_plugin", Unready(), GREY_SQUARE, learning)}).state
        for promise in augmenting.PROMISES
    ]
    assert states.count("broken") == 1
    assert "not asked" in states


@dataclass(frozen=True, kw_only=True)
class Little:
    """A model of one convolution."""

    learning_rate: ClassVar[float] = 1e-3
    kind: ClassVar[type] = OneConvolution

    def build(self, in_channels=1, out_channels=1):
        return self.kind(in_channels, out_channels)

    def check_size(self, size):
        check_side(size, model="little", multiple=1, least=1)


class Halved(OneConvolution):
    def features(self, image):
        logits, maps = super().features(image[..., ::2, ::2])
        return logits, {"middle": maps["encoder1"]}


class OfBatch(OneConvolution):
    def features(self, image):
        return super().features(image - image.mean())


@dataclass(frozen=True, kw_only=True)
class HalvedModel(Little):
    kind: ClassVar[type] = Halved


@dataclass(frozen=True, kw_only=True)
class OfBatchModel(Little):
    kind: ClassVar[type] = OfBatch


@dataclass(frozen=True, kw_only=True)
class NoNetwork(Little):
    kind: ClassVar[type] = nn.Conv2d

    def build(self, in_channels=1, out_channels=1):
        return nn.Conv2d(in_channels, out_channels, 3, padding=1)


@dataclass(frozen=True, kw_only=True)
class Fast(Little):
    learning_rate: ClassVar[float] = 10.0


@dataclass(frozen=True, kw_only=True)
class Careless(Little):
    def check_size(self, size):
        assert size > 12


MODELS = [
    (HalvedModel, networks.features_go_with_the_logits, r"\(2, 1, 32, 32\) of images \(2, 1, 64, 64\)"),
    (HalvedModel, networks.names_of_maps_tell_their_sides, "one is called middle"),
    (HalvedModel, networks.sizes_are_refused_or_taken, r"logits of 12 pixels are \(1, 1, 6, 6\)"),
    (OfBatchModel, networks.rows_do_not_mix, "logits: "),
    (NoNetwork, networks.it_builds_a_network, "it builds a Conv2d"),
    (NoNetwork, networks.features_go_with_the_logits, "raises AttributeError"),
    (Fast, networks.a_learning_rate_is_known, "learning_rate is 10.0"),
    (Careless, networks.sizes_are_refused_or_taken, "raises AssertionError"),
]


@pytest.mark.parametrize(("kind", "promise", "reason"), MODELS)
def test_a_model_that_breaks_a_promise_is_told_so(kind, promise, reason):
    found = verdict(promise, {"": lambda: TriedModel(kind())})
    assert found.state == "broken"
    with pytest.raises(Broken, match=f"^{reason}"):
        raise Broken(found.reason)
    assert verdict(promise, {"": lambda: TriedModel(Little())}).state == "held"


@dataclass(frozen=True, kw_only=True)
class Generated(Phantom):
    """Few small images."""

    images: int = 48
    size: int = 16


def changed(**change):
    """A kind of data set whose cases differ so from those of `Generated`: field -> f(case)."""

    @dataclass(frozen=True, kw_only=True)
    class Changed(Generated):
        def cases(self):
            return [
                replace(case, **{name: make(case) for name, make in change.items()})
                for case in Generated(images=self.images, size=self.size).cases()
            ]

    return Changed


DATASETS = [
    (changed(id=lambda case: "same"), datasets.cases_are_told_apart, "two cases have one id"),
    (changed(patient=lambda case: 7), datasets.cases_are_told_apart, "patient of 48 cases is no text, or empty"),
    (changed(id=lambda case: str(np.random.random())), datasets.cases_come_in_one_order, "in another order"),  # noqa: NPY002
    (
        changed(read_mask=lambda case: lambda: np.zeros((3, 3), int)),
        datasets.images_and_masks_fit, r".*: the mask is \(3, 3\), and the image \(16, 16\)",
    ),
    (
        changed(read_mask=lambda case: lambda: np.full((16, 16), 9)),
        datasets.images_and_masks_fit, r".*: the mask holds \[9\], and values\(\) does not",
    ),
    (
        changed(read_image=lambda case: lambda: np.random.random((16, 16))),  # noqa: NPY002
        datasets.images_and_masks_fit, ".*: a second reading gives other values",
    ),
    (
        changed(read_image=lambda case: lambda: np.random.random((16, 16))),  # noqa: NPY002
        datasets.global_random_state_is_left_alone, "that of numpy was moved",
    ),
    (changed(read_image=lambda case: None), datasets.decoded_as_its_form_says, "raises TypeError"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "promise", "reason"), DATASETS)
def test_a_data_set_that_breaks_a_promise_is_told_so(kind, promise, reason):
    found = verdict(promise, {"": lambda: TriedSet(kind())})
    assert found.state == "broken"
    with pytest.raises(Broken, match=reason):
        raise Broken(found.reason)


@pytest.mark.parametrize("promise", OF_DATASETS, ids=lambda promise: promise.__name__)
def test_the_kind_that_is_broken_here_keeps_them_all(promise):
    found = verdict(promise, {"": lambda: TriedSet(Generated())})
    assert found.state == ("not asked" if promise is datasets.files_are_there else "held"), found


def test_a_class_that_is_no_data_set_breaks_promises_and_raises_nothing():
    @dataclass(frozen=True, kw_only=True)
    class Nothing(Described):
        pass

    states = {verdict(promise, {"": lambda: TriedSet(Nothing())}).state for promise in OF_DATASETS}
    assert states == {"held", "broken"}


def test_each_promise_says_in_one_sentence_what_is_promised():
    promises = [*OF_STRATEGIES, *OF_MODELS, *OF_DATASETS]
    said = [words_of(promise) for promise in promises]
    assert all(one[0].isupper() and "\n" not in one and len(one) < 120 for one in said)
    for group in (OF_STRATEGIES, OF_MODELS, OF_DATASETS):
        assert len({words_of(promise) for promise in group}) == len(group)
