"""What does not fit together is refused when trials are planned, whatever their order, and before data are read."""

from dataclasses import dataclass, field, replace

import pytest
import torch

from segaug.augment.red import RandomElastic
from segaug.augment.regda import RegDA
from segaug.augment.strategy import Strategy
from segaug.errors import ConfigError
from segaug.experiment.planned.fitting import check_fitting
from segaug.experiment.planned.plan import make_plan
from segaug.models.nnunet import NnUnet
from segaug.models.unet import UNet
from tests.experiment.pooled_tiny import pooled

TAPPING = ["feature_discrepancy", "deep_supervision", "pixel_contrast"]


@pytest.fixture
def unreadable(tmp_path):
    """Words of a cache that cannot be: whoever decodes a task with it fails by another error."""
    (tmp_path / "file").touch()
    return f"cache={tmp_path / 'file'}"


@pytest.mark.parametrize("strategy", TAPPING)
def test_a_layer_that_does_not_exist_is_refused_with_those_that_do(tiny, unreadable, strategy):
    wrong = tiny(f"augment={strategy}", "augment.layers=[encoder1,nowhere]", unreadable)
    with pytest.raises(ConfigError) as caught:
        make_plan([tiny(unreadable), pooled(wrong, 2)], skip_large=True)
    told = (
        f"augment.layers in conf/augment/{strategy}.yaml: got ['encoder1', 'nowhere']; the layers of this network are"
    )
    assert str(caught.value) == f"{told} encoder1, encoder2, encoder3, bottleneck, decoder3, decoder2, decoder1"


def test_a_layer_of_one_network_is_refused_for_another_one(tiny):
    trial = tiny("augment=deep_supervision", "augment.layers=[encoder4]", "dataset.size=32")
    deep = replace(trial, model="unet", config=replace(trial.config, model=UNet()))
    check_fitting([deep])
    with pytest.raises(ConfigError, match=r"got \['encoder4'\]"):
        check_fitting([deep, trial])


def test_a_layer_that_no_mask_reaches_is_refused(tiny):
    config = tiny("augment=pixel_contrast").config
    with pytest.raises(ConfigError, match=r"augment\.layers: a layer has 5 x 5 pixels, .* 16 x 16, 8 x 8"):
        config.augment.check_maps(config.dataset.form, lambda: {"odd": torch.zeros(1, 2, 5, 5)})


def test_a_network_that_cannot_take_the_images_is_refused_wherever_it_stands_in_a_sweep(tiny, unreadable):
    fits = tiny("dataset.size=24", unreadable)
    wrong = replace(fits, model="unet", config=replace(fits.config, model=UNet()))
    check_fitting([fits])
    with pytest.raises(ConfigError, match=r"dataset\.size: model unet .* 24 x 24 .*multiple of 16"):
        make_plan([fits, wrong], skip_large=True)


def test_each_network_is_looked_at_once_and_only_where_somebody_asks(tiny, monkeypatch):
    built = []
    build = NnUnet.build
    monkeypatch.setattr(NnUnet, "build", lambda self, *of: built.append(of) or build(self, *of))
    alone = tiny("augment=red")
    check_fitting([alone, pooled(alone, 2)])
    assert not built
    trials = [tiny(f"augment={name}", f"seed={seed}") for name in TAPPING for seed in (0, 1)]
    check_fitting([*trials, *(pooled(trial, k) for trial in trials for k in (0, 2))])
    assert len(built) == 1


@pytest.mark.parametrize("name", ["policy_heuristic", "randaugment", "trivialaugment"])
def test_training_on_validation_images_is_refused_where_the_protocol_has_none(tiny, unreadable, name):
    words = (f"augment={name}", "augment.train_on_validation=true", unreadable)
    check_fitting([tiny(*words), tiny(*words[::2], "protocol.validation=none")])
    with pytest.raises(ConfigError, match=rf"protocol\.validation: got none, and {name}.* needs validation labels"):
        make_plan([tiny(*words, "protocol.validation=none")], skip_large=True)


@dataclass(frozen=True, kw_only=True)
class Makes(Strategy):
    """Trains on rows of its own making, by way of a stage."""

    stage: Strategy = field(default_factory=RegDA)

    def stages(self):
        return (self, self.stage)

    def training_set(self, subset, prepared):
        return subset


def test_a_stage_that_looks_images_up_is_refused_where_some_are_made(tiny, unreadable):
    trial = tiny(unreadable)

    def with_strategy(strategy):
        return replace(trial, strategy="makes", config=replace(trial.config, augment=strategy))

    with pytest.raises(ConfigError, match=r"augment: makes trains on images that it makes, and RegDA, .*leave RegDA"):
        make_plan([with_strategy(Makes())], skip_large=True)
    check_fitting([with_strategy(Makes(stage=RandomElastic())), with_strategy(RegDA())])


def test_the_network_has_to_take_the_patches_and_not_the_images(tiny, unreadable):
    check_fitting([tiny("dataset.size=30", "protocol.patch=16", unreadable)])
    with pytest.raises(ConfigError, match=r"^protocol\.patch: model nnunet cannot take images of 20 x 20 pixels; use"):
        check_fitting([tiny("dataset.size=32", "protocol.patch=20", unreadable)])
    with pytest.raises(ConfigError, match=r"^dataset\.size: model nnunet cannot take images of 30 x 30 pixels; use"):
        check_fitting([tiny("dataset.size=30", unreadable)])


def test_patches_have_to_fit_in_the_images(tiny, unreadable):
    check_fitting([tiny("dataset.size=32", "protocol.patch=32", unreadable)])
    with pytest.raises(ConfigError) as caught:
        check_fitting([tiny("dataset.size=32", "protocol.patch=40", unreadable)])
    assert str(caught.value) == (
        "protocol.patch: patches of 40 pixels do not fit in images of 32 x 32; use a smaller patch, a larger "
        "dataset.size, or null for whole images"
    )


def test_a_strategy_is_asked_about_what_it_is_shown(tiny, unreadable):
    """Discriminators of what the network sees about patches, generators of whole images about these."""
    check_fitting([tiny("augment=adversarial", "dataset.size=80", "protocol.patch=64", unreadable)])
    with pytest.raises(ConfigError, match=r"^protocol\.patch: the discriminator .* cannot take images of 32 x 32"):
        check_fitting([tiny("augment=adversarial", "dataset.size=64", "protocol.patch=32", unreadable)])
    check_fitting([tiny("augment=gd", "dataset.size=32", "protocol.patch=16", unreadable)])
    with pytest.raises(ConfigError, match=r"^dataset\.size: the generators .* cannot take images of 48 x 48"):
        check_fitting([tiny("augment=gd", "dataset.size=48", "protocol.patch=32", unreadable)])


def test_feature_maps_are_those_of_patches(tiny, unreadable):
    """Those of whole images of 30 pixels could not be made: the network cannot take them."""
    check_fitting([tiny("augment=deep_supervision", "dataset.size=30", "protocol.patch=24", unreadable)])


PATCHES = ["dataset.size=32", "protocol.patch=16"]


@pytest.mark.parametrize("name", ["policy_class_specific", "policy_joint"])
@pytest.mark.parametrize("patch", ["protocol.patch=null", "protocol.patch=32"])
def test_policies_of_two_classes_are_refused_where_the_network_sees_whole_images(tiny, unreadable, name, patch):
    check_fitting([tiny(f"augment={name}", *PATCHES, unreadable)])
    with pytest.raises(ConfigError) as caught:
        make_plan([tiny(f"augment={name}", "dataset.size=32", patch, unreadable)], skip_large=True)
    assert str(caught.value) == (
        f"protocol.patch in conf/augment/{name}.yaml: the network sees whole images, and these have no class: policies "
        "of foreground and background need patches; set protocol.patch to half of dataset.size or less, or use "
        "augment=policy_learned, one for all"
    )


@pytest.mark.parametrize("name", ["policy_learned", "policy_class_specific", "policy_joint"])
def test_policies_that_learn_are_refused_without_validation_labels(tiny, unreadable, name):
    with pytest.raises(ConfigError, match=rf"protocol\.validation: got none, and {name}.* needs validation labels"):
        make_plan([tiny(f"augment={name}", *PATCHES, "protocol.validation=none", unreadable)], skip_large=True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["augment.policy_every=5"], r"augment\.policy_every in conf/augment/policy_joint\.yaml: got 5; use at most 4"),
        (
            ["augment.start=nnunett"],
            r"augment\.start in conf/augment/policy_joint\.yaml: got 'nnunett'; choose from nn",
        ),
        (
            ["augment.forbid=[gamma,gamma/identity]"],
            r"augment\.forbid in .*policy_joint\.yaml: nothing of gamma is left",
        ),
        (["augment.forbid=[mirror]"], r"augment\.forbid in .*policy_joint\.yaml: nothing is named mirror; name groups"),
        (["protocol.objective.loss=dice_iou"], r"protocol\.objective\.loss .* whole batches, .*use cross_entropy or"),
    ],
)
def test_what_no_policy_can_be_learned_by_is_refused(tiny, unreadable, words, told):
    with pytest.raises(ConfigError, match=told):
        make_plan([tiny("augment=policy_joint", *PATCHES, *words, unreadable)], skip_large=True)
