"""Ways of predicting: what may be asked for, what names a trial by them, and that none of old is another one."""

import pytest

from segaug.errors import ConfigError
from segaug.experiment.config.identity import Identities, differences, protocol_hash, science, trial_id
from segaug.experiment.planned.plan import check_consistent, make_plan
from segaug.ways import WAYS, in_order, plain_row, plain_strategy, row_by, strategy_by


def test_the_plain_way_is_scored_whatever_is_asked_for():
    assert in_order(["learned"]) == ("none", "learned")
    assert in_order(["flips", "none"]) == ("none", "flips")
    assert in_order(WAYS) == WAYS


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "name", ["baseline", "red(p=0.5)", "baseline [length=64]", "red(p=0.5) [length=64, batch_size=2]"]
)
def test_a_name_tells_its_way(name, way):
    assert plain_strategy(strategy_by(name, way)) == (name, way)
    assert plain_row(row_by("0123", way)) == ("0123", way)


def test_the_way_stands_before_the_protocol():
    assert strategy_by("red(p=0.5) [length=64]", "flips") == "red(p=0.5)+flips [length=64]"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["predict=[]"], "predict: is empty.*none, flips, learned"),
        (["predict=flip"], "predict: unknown way 'flip'.*did you mean 'flips'"),
        (["predict=3"], "predict: got 3; name some of none, flips, learned"),
        (["predict=[flip]"], "predict: unknown way 'flip'.*did you mean 'flips'"),
        (["predict=[flips,flips]"], r"predict: got predict=\[flips,flips\].*once"),
        (["predict=[learned]", "protocol.validation=none"], "predict: 'learned' is learned on validation labels"),
    ],
)
def test_what_nobody_can_predict_by_is_refused(tiny, words, told):
    with pytest.raises(ConfigError, match=told):
        tiny(*words)


def test_flips_need_no_validation_labels(tiny):
    assert tiny("predict=[flips]", "protocol.validation=none").config.ways == ("none", "flips")


def test_only_further_ways_are_part_of_the_id(tiny):
    plain, asked = tiny(), tiny("predict=[none]")
    assert tiny("predict=flips").config == tiny("predict=[flips]").config
    assert "predict" not in science(plain.config)
    assert trial_id(plain, "hash") == trial_id(asked, "hash")
    ids = {trial_id(tiny(f"predict={ways}"), "hash") for ways in ("[none]", "[flips]", "[learned]", "[flips,learned]")}
    assert len(ids) == 4


def test_their_order_is_no_part_of_it(tiny):
    ids = {trial_id(tiny(f"predict={ways}"), "hash") for ways in ("[flips]", "[none,flips]", "[flips,none]")}
    assert len(ids) == 1


def test_the_curve_has_the_same_protocol(tiny):
    assert protocol_hash(tiny("predict=[flips]").config) == protocol_hash(tiny().config)


def test_trials_that_share_all_other_parts_are_told_apart(tiny):
    from dataclasses import replace

    identities, one = Identities(), tiny()
    other = replace(one, config=replace(one.config, predict=["flips"]))
    assert identities.trial_id(one, "hash") == trial_id(one, "hash")
    assert identities.trial_id(other, "hash") == trial_id(other, "hash") != trial_id(one, "hash")
    assert identities.science(other.config)["predict"] == ["none", "flips"]


def test_a_way_that_a_record_lacks_is_told_with_both_values(tiny):
    plain, flips = science(tiny().config), science(tiny("predict=[flips]").config)
    (found,) = differences(plain, flips)
    assert str(found) == "predict was [none] and is now [none,flips]"
    assert not differences(flips, flips)


@pytest.mark.parametrize("where", ["stored", "planned"])
def test_two_lists_of_ways_in_one_curve_are_refused(tiny, where):
    """Else the curve of a way would lack seeds that its plain curve has, and nobody could tell why."""
    one, other = tiny(), tiny("predict=[flips]", "seed=1")
    before = make_plan([one], skip_large=True)
    rows = [{**each.key(), "dataset_hash": before.tasks[each.trial.task].content_hash} for each in before.trials]
    plan = make_plan([other] if where == "stored" else [one, other], skip_large=True)
    with pytest.raises(
        ConfigError, match=r"predict was \[none\] and is now \[none,flips\].*set predict=\[none\] again"
    ):
        check_consistent(plan, rows if where == "stored" else [], lambda _: science(one.config))


def test_a_plan_says_which_ways_are_asked_for(tiny):
    plain, flips = (make_plan([tiny(*words)], skip_large=True).trials[0] for words in ([], ["predict=[flips]"]))
    assert plain.asked() == plain.key()
    assert flips.asked() == {**flips.key(), "predict": ["none", "flips"]}
