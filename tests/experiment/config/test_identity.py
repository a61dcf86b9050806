import pytest

from segaug.augment.baseline import Baseline
from segaug.errors import ConfigError
from segaug.experiment.config import identity
from segaug.experiment.config.identity import LATER, differences, protocol_hash, science, trial_id
from segaug.experiment.outside import compose
from segaug.models.nnunet import NnUnet


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


def test_a_model_that_the_protocol_does_not_name_brings_its_rate(tiny):
    assert tiny().config.protocol.learning_rate == 1e-2
    assert tiny("model=swin_unet", "model.feature_size=12").config.protocol.learning_rate == 3e-2
    assert tiny("protocol.learning_rates={nnunet: 0.5}").config.protocol.learning_rate == 0.5


def test_sgd_does_not_take_the_rate_of_adam(tiny):
    with pytest.raises(ConfigError, match=r"protocol\.learning_rate: no value for sgd.*set protocol\.learning_rate"):
        tiny("protocol.optimiser.name=sgd")
    assert tiny("protocol.optimiser.name=sgd", "protocol.learning_rate=0.1").config.protocol.learning_rate == 0.1


@pytest.mark.parametrize(
    "option",
    [
        "decay=polynomial",
        "select=dice",
        "seeds_per_subset=2",
        "objective.loss=cross_entropy_dice",
        "objective.background_weight=0.1",
        "optimiser.name=adamw",
        "optimiser.weight_decay=0.1",
        "optimiser.clip_norm=1",
    ],
)
def test_an_option_that_came_later_counts_where_it_is_used(tiny, option):
    assert protocol_hash(tiny(f"protocol.{option}").config) != protocol_hash(tiny().config)


def test_a_changed_option_names_another_curve(tiny):
    assert tiny().strategy == tiny("augment.p=1.0").strategy == "baseline"
    assert tiny("augment=red", "augment.p=0.5").strategy == "red(p=0.5)"
    assert tiny("augment=red", "augment.baseline.p_flip=0").strategy == "red(baseline.p_flip=0.0)"
    assert tiny().task == "phantom_thorax_lung(images=60,size=16)"
    assert tiny("dataset.note=x").task == tiny().task


@pytest.mark.parametrize(
    ("option", "before", "override"),
    [
        ("protocol.warmup", 1, "protocol.warmup=2"),
        ("model.nnunet.feature_size", 2, "model.feature_size=4"),
        ("augment.baseline.max_shear", 0.1, "augment.max_shear=0.2"),
        ("protocol.learning_rates", {}, None),
    ],
)
def test_an_option_that_came_later_counts_only_where_it_differs(tiny, monkeypatch, option, before, override):
    group, key = option.split(".")[0], option.split(".")[-1]
    older = science(tiny().config)
    del older[group][key]
    monkeypatch.setitem(LATER, option, before)
    assert science(tiny().config) == older
    if override:
        assert science(tiny(override).config)[group][key] != before
        assert trial_id(tiny(override), "hash") != trial_id(tiny(), "hash")


def test_a_group_of_options_that_came_later_leaves_nothing(tiny, monkeypatch):
    for name, value in vars(Baseline()).items():
        monkeypatch.setitem(LATER, f"augment.baseline.{name}", value)
    assert "baseline" not in science(tiny("augment=red").config)["augment"]
    changed = science(tiny("augment=red", "augment.baseline.p_flip=0.25").config)
    assert changed["augment"]["baseline"] == {"p_flip": 0.25}


def test_an_option_of_one_class_is_not_one_of_another(tiny, monkeypatch):
    monkeypatch.setitem(LATER, "model.swin_unet.feature_size", 2)
    assert science(tiny().config)["model"]["feature_size"] == 2


@pytest.mark.parametrize("strategy", ["none", "baseline", "red"])
def test_a_version_counts_from_two_on_wherever_the_stage_is_part_of(tiny, monkeypatch, strategy):
    before = trial_id(tiny(f"augment={strategy}"), "hash")
    monkeypatch.setattr(Baseline, "version", 1, raising=False)
    assert trial_id(tiny(f"augment={strategy}"), "hash") == before
    monkeypatch.setattr(Baseline, "version", 2, raising=False)
    assert (trial_id(tiny(f"augment={strategy}"), "hash") == before) == (strategy == "none")


def test_a_version_of_model_or_trainer_counts_from_two_on(tiny, monkeypatch):
    ids = [trial_id(tiny(), "hash")]
    monkeypatch.setattr(NnUnet, "version", 2, raising=False)
    ids.append(trial_id(tiny(), "hash"))
    monkeypatch.setattr(identity, "TRAINER", 2)
    ids.append(trial_id(tiny(), "hash"))
    assert len(set(ids)) == 3


def test_differences_name_the_option_and_both_values(tiny, monkeypatch):
    one, other = science(tiny("augment=red").config), science(tiny("augment=red", "augment.baseline.p_flip=0").config)
    assert [str(each) for each in differences(one, other)] == ["augment.baseline.p_flip was 0.5 and is now 0.0"]
    assert not differences(one, one)


def test_a_record_without_an_option_had_what_was_done_before_it_came(tiny, monkeypatch):
    older = science(tiny().config)
    del older["protocol"]["warmup"]
    monkeypatch.setitem(LATER, "protocol.warmup", 1)
    assert not differences(older, science(tiny("protocol.warmup=1").config))
    assert [str(each) for each in differences(older, science(tiny("protocol.warmup=2").config))] == [
        "protocol.warmup was 1 and is now 2"
    ]


def test_what_only_a_newer_version_knows_is_told(tiny):
    newer = science(tiny().config)
    newer["protocol"]["of_the_future"] = 3
    (found,) = differences(newer, science(tiny().config))
    assert str(found) == "protocol.of_the_future was 3 and is now not there"


def test_where_images_were_taken_is_no_part_of_the_id_and_which_sites_are_tested_is():
    plain = compose(["dataset=folder", "scale.size=4"])
    sited = compose(["dataset=folder", "dataset.table=items.csv", "dataset.site=hospital", "scale.size=4"])
    tabled = compose(["dataset=folder", "dataset.table=items.csv", "scale.size=4"])
    assert (sited.task, science(sited.config)) == (tabled.task, science(tabled.config))
    assert "target" not in science(plain.config)["dataset"]["split"]
    aimed = compose(["dataset=folder", "dataset.split.target=[north]", "scale.size=4"])
    assert aimed.task == "folder(split.target=['north'])"
    assert science(aimed.config)["dataset"]["split"]["target"] == ["north"]


@pytest.mark.parametrize("option", ["site_gamma=1.5", "split.target=[b]"])
def test_the_shift_of_a_phantom_counts_where_it_is_used(tiny, option):
    assert trial_id(tiny(f"dataset.{option}"), "hash") != trial_id(tiny(), "hash")
    assert not {"site_gamma", "site"} & science(tiny().config)["dataset"].keys()


def test_where_images_without_a_mask_lie_is_no_part_of_the_id(tmp_path):
    plain, more = (
        compose(["dataset=folder", f"dataset.unlabelled={place}", "scale.size=4"]) for place in ("null", tmp_path)
    )
    assert more.task == plain.task == "folder"
    assert science(more.config) == science(plain.config)
    assert trial_id(more, "hash") == trial_id(plain, "hash")
