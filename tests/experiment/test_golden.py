"""Trials of the first version stay what they are: the same ids, readable and done, whatever options have come since.

`golden/ids.json` and `golden/trials/` were written by the code of then and are never written again.
"""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from segaug.analysis.curves.fitting import fit_records
from segaug.augment.red import RandomElastic
from segaug.errors import ConfigError
from segaug.experiment.config.identity import protocol_hash, science, trial_id
from segaug.experiment.outside import compose
from segaug.experiment.planned.plan import make_plan
from segaug.experiment.sweep.study import run_study
from segaug.results.snapshot import Snapshot
from segaug.results.store import DamagedRecord, Store

GOLDEN = Path(__file__).parent / "golden"
IDS = json.loads((GOLDEN / "ids.json").read_text())
SMALL = ["dataset.images=40", "dataset.split.min_validation=4"]
COMMANDS = {
    "73896e9be5a95a62": [
        *SMALL, "dataset=phantom_lesions", "dataset.size=32", "model.feature_size=8", "augment=red",
        "protocol=fixed_steps", "protocol.length=8", "protocol.warmup=1", "protocol.validate_every=4", "scale=n2",
        "seed=3",
    ],
    "b883bdc0b1ca2ea6": [
        *SMALL, "dataset=phantom_template_lv", "model=swin_unet", "protocol.length=3", "protocol.warmup=1",
        "protocol.validation=none", "protocol.count=patients", "protocol.subset=nested", "scale.size=4", "seed=1",
    ],
}  # fmt: skip
each_record = pytest.mark.parametrize("trial", COMMANDS)


@pytest.fixture(autouse=True)
def of_then(monkeypatch):
    """As if strategies that draw otherwise today were those of then: nothing else of a trial's name may have moved."""
    monkeypatch.setattr(RandomElastic, "version", 1)


@pytest.fixture
def study(tmp_path):
    """A study folder with both records in it."""
    shutil.copytree(GOLDEN / "trials", tmp_path / "study" / "trials")
    return Store(tmp_path / "study")


def asked(trial, study):
    return compose([*COMMANDS[trial], f"output={study.folder}", f"cache={study.folder.parent / 'cache'}"])


@pytest.mark.parametrize("golden", IDS, ids=[" ".join(golden["overrides"]) or "defaults" for golden in IDS])
def test_ids_stay(golden):
    one = compose(golden["overrides"])
    one = one.at(size=one.config.scale.size or 16, seed=one.config.seed)
    assert (one.task, one.model, one.strategy) == (golden["task"], golden["model"], golden["strategy"])
    assert protocol_hash(one.config) == golden["protocol_hash"]
    assert trial_id(one, golden["content_hash"]) == golden["id"]


@each_record
def test_a_record_stays_done_and_is_not_trained_again(trial, study, monkeypatch):
    monkeypatch.setattr("segaug.experiment.sweep.study._train", lambda *_: pytest.fail("trained again"))
    before = study.record_path(trial).read_bytes()
    (key,) = run_study([asked(trial, study)], workers=1, many=False)
    assert key["id"] == trial
    assert study.record_path(trial).read_bytes() == before


@each_record
def test_a_record_says_of_its_options_what_is_said_today(trial, study):
    (one,) = make_plan([asked(trial, study)], skip_large=False).trials
    assert science(one.trial.config) == study.record(trial)["config"]


def test_records_stay_readable(study):
    table = Snapshot(study.folder).trials()
    assert sorted(table["id"]) == sorted(COMMANDS)
    assert {str(fit.key) for fit in fit_records(study.records())} == {
        "phantom_lesions(images=40,size=32,split.min_validation=4)/nnunet(feature_size=8)/red",
        "phantom_template_lv(images=40,split.min_validation=4)/swin_unet/baseline",
    }


@each_record
def test_one_changed_byte_is_noticed(trial, study):
    path = study.record_path(trial)
    path.write_bytes(path.read_bytes().replace(b'"updates": ', b'"updates":\t', 1))
    assert not study.finished(trial)
    with pytest.raises(DamagedRecord, match=rf"{trial}.*checksum"):
        study.record(trial)


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("protocol.warmup=2", r"protocol.warmup was 1 and is now 2.*protocol.warmup=1 again"),
        ("protocol.output_bias=foreground", "protocol.output_bias was zero and is now foreground"),
    ],
)
def test_a_changed_option_of_the_protocol_is_told_with_both_values(study, option, told):
    trial, words = next(iter(COMMANDS.items()))
    other = compose([*words, option, "seed=4", f"output={study.folder}", f"cache={study.folder.parent / 'cache'}"])
    with pytest.raises(ConfigError, match=told):
        run_study([other], workers=1, many=False)
    assert study.finished(trial)


def test_a_changed_default_of_a_strategy_is_told_with_both_values(study):
    """As if the baseline turned further by default: its name stays, so that nothing else would show it."""
    one = asked("b883bdc0b1ca2ea6", study).at(size=4, seed=2)
    turned = replace(one, config=replace(one.config, augment=replace(one.config.augment, max_angle_deg=30.0)))
    with pytest.raises(ConfigError, match=r"augment.max_angle_deg was 15\.0 and is now 30\.0"):
        run_study([turned], workers=1, many=False)


def test_a_study_of_an_older_version_of_a_strategy_is_not_extended_by_todays(study, monkeypatch):
    """Its elastic field acted first.  The records stay; today's trials have other ids and want a study of their own."""
    then = "73896e9be5a95a62"
    monkeypatch.undo()
    assert make_plan([asked(then, study)], skip_large=False).trials[0].id != then
    told = r"augment\.versions\.RandomElastic was 1 and is now 2.*name=\.\.\., or go back to the segaug that made them"
    with pytest.raises(ConfigError, match=told):
        run_study([asked(then, study)], workers=1, many=False)
    assert study.finished(then)
    assert then in set(Snapshot(study.folder).trials()["id"])
