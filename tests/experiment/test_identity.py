import pytest

from segaug.experiment.identity import protocol_hash, trial_id


@pytest.mark.parametrize(
    "override",
    [
        "output=elsewhere",
        "device=cpu",
        "cache=elsewhere",
        "tracker=wandb",
        "weights=true",
        "name=other",
        "dataset.note=x",
    ],
)
def test_what_does_not_change_the_result_does_not_change_the_id(tiny, override):
    assert trial_id(tiny(override), "hash") == trial_id(tiny(), "hash")


@pytest.mark.parametrize(
    "override",
    [
        "seed=1",
        "scale.size=5",
        "augment=red",
        "augment.p=0.5",
        "augment.max_angle_deg=10",
        "model.feature_size=3",
        "model=swin_unet",
        "protocol.length=5",
        "protocol.learning_rate=0.1",
        "dataset=phantom_blob",
    ],
)
def test_whatever_changes_the_result_changes_the_id(tiny, override):
    overrides = [override, "model.feature_size=12"] if override == "model=swin_unet" else [override]
    assert trial_id(tiny(*overrides), "hash") != trial_id(tiny(), "hash")


def test_the_content_of_the_data_is_part_of_the_id(tiny):
    assert trial_id(tiny(), "one") != trial_id(tiny(), "another")


def test_the_learning_rate_is_settled_for_the_model(tiny):
    rates = "protocol.learning_rates={nnunet: 0.5, swin_unet: 0.25}"
    one = tiny(rates)
    assert one.config.protocol.learning_rate == 0.5
    assert protocol_hash(one.config) == protocol_hash(tiny("protocol.learning_rate=0.5").config)


def test_a_changed_option_names_another_curve(tiny):
    assert tiny().strategy == tiny("augment.p=1.0").strategy == "baseline"
    assert tiny("augment=red", "augment.p=0.5").strategy == "red(p=0.5)"
    assert tiny("augment=red", "augment.baseline.p_flip=0").strategy == "red(baseline.p_flip=0.0)"
    assert tiny().task == "phantom_thorax_lung(images=60,size=16)"
    assert tiny("dataset.note=x").task == tiny().task
