import json
import shutil

import pytest

from segaug.errors import ConfigError, DataError
from segaug.experiment.sweep.study import TrialsFailed, run_study
from segaug.experiment.trial import run
from segaug.experiment.trial.attempt import of_dead
from segaug.results.json_file import sealed
from segaug.results.store import Store
from tests.tiny import volatile_free


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "study")


def one(trials):
    return recorded(trials, many=False)


def recorded(trials, **how):
    keys = run_study(trials, workers=1, **how)
    return [Store(trials[0].config.output).record(key["id"]) for key in keys]


def test_a_trial_ends_in_one_valid_record(tiny, store):
    (record,) = one([tiny("augment=red")])
    assert store.records() == [record]
    assert record["status"] == "ok"
    assert record["labels"] == {"training": 4, "validation": len(record["config"]) and 16}
    assert len(record["cases"]["bce"]) == len(record["cases"]["ids"]) == len(record["cases"]["patients"]) == 15
    for metric in ("bce", "dice", "hd95", "bce_recalibrated"):
        cases = record["cases"][metric]
        assert record["test"]["best"][metric] == pytest.approx(sum(cases) / len(cases))
    assert record["history"]["update"] == [2, 4]
    assert record["training"]["best_update"] in (2, 4)
    assert record["sees"] == ["labelled subset"]
    assert record["hd95"]["unit"] == "mm"
    masks = record["masks"]
    assert record["hd95"]["one_empty"] == masks["missed"] + masks["invented"]
    assert record["hd95"]["both_empty"] == masks["cases"] - masks["shown"] - masks["invented"]
    assert record["reference"].keys() >= {"atlas_bce", "atlas_bce_recalibrated"}
    assert sum(
        record["run"]["seconds"][part] for part in ("data", "prepare", "augmentation", "network", "other")
    ) == pytest.approx(record["run"]["seconds"]["total"], abs=1e-3)
    assert record["reference"]["constant_bce"] <= record["reference"]["constant_pool_bce"]


def test_the_same_trial_gives_the_same_bits(tiny, tmp_path):
    first, second = (one([tiny(f"output={tmp_path / name}")])[0] for name in "ab")
    assert volatile_free(first) == volatile_free(second)


def test_a_worker_gives_the_same_bits_as_this_process(tiny, tmp_path):
    (here,) = one([tiny()])
    (there,) = recorded([tiny(f"output={tmp_path / 'other'}")], many=True)
    assert volatile_free(here) == volatile_free(there)


def test_strategies_share_subset_and_start_but_not_the_result(tiny):
    baseline, red, other = (one([tiny(*what)])[0] for what in ([], ["augment=red"], ["seed=1"]))
    assert baseline["subset"] == red["subset"] != other["subset"]
    assert baseline["reference"] == red["reference"]
    assert baseline["test"] != red["test"]


def test_a_finished_trial_is_not_run_again(tiny, monkeypatch):
    (record,) = one([tiny()])
    monkeypatch.setattr(run, "run_trial", lambda *_: pytest.fail("ran again"))
    assert one([tiny()]) == [record]


@pytest.mark.parametrize("garbage", [b"", b"{", b"[1, 2]", b'{"schema": 1, "id": "x"}'])
def test_a_damaged_record_is_made_again(tiny, store, garbage):
    (record,) = one([tiny()])
    store.record_path(record["id"]).write_bytes(garbage)
    (again,) = one([tiny()])
    assert volatile_free(again) == volatile_free(record)
    assert store.records() == [again]


def test_a_senseless_record_and_a_copy_are_named_and_the_trial_runs_again(tiny, store, caplog):
    (record,) = one([tiny()])
    path = store.record_path(record["id"])
    path.write_bytes(sealed({**record, "size": 10**20}))
    shutil.copytree(path.parent, path.parent.with_name("conflicted copy"))
    (again,) = one([tiny()])
    assert volatile_free(again) == volatile_free(record)
    assert json.loads(path.with_name("damaged-1.json").read_bytes())["size"] == 10**20
    assert sum("left out: " in line and "size is 1e+20" in line for line in caplog.messages) == 2


def test_a_record_of_another_schema_is_refused(tiny, store):
    (record,) = one([tiny()])
    store.record_path(record["id"]).write_text(json.dumps({**record, "schema": 2}))
    with pytest.raises(DataError, match=r"record.json: has schema 2.*name="):
        one([tiny()])


def test_a_failing_trial_leaves_its_traceback_and_the_others_run(tiny, store, monkeypatch, capsys):
    real = run.run_trial

    def failing(planned, task, *more):
        if planned.trial.config.seed == 1:
            raise RuntimeError("out of luck")
        return real(planned, task, *more)

    monkeypatch.setattr(run, "run_trial", failing)
    with pytest.raises(TrialsFailed, match="1 of 3 trials failed"):
        one([tiny(f"seed={seed}") for seed in range(3)])
    assert {record["seed"] for record in store.records()} == {0, 2}
    (failure,) = store.failures()
    assert (failure["seed"], failure["error"]) == (1, "RuntimeError: out of luck")
    assert "in failing" in failure["traceback"]
    assert "out of luck" in capsys.readouterr().out
    monkeypatch.setattr(run, "run_trial", real)
    one([tiny("seed=1")])
    assert store.failures() == []


def test_ctrl_c_loses_the_trial_in_progress_only(tiny, store, monkeypatch, capsys):
    real = run.run_trial

    def interrupted(planned, task, *more):
        if planned.trial.config.seed == 1:
            raise KeyboardInterrupt
        return real(planned, task, *more)

    monkeypatch.setattr(run, "run_trial", interrupted)
    with pytest.raises(KeyboardInterrupt):
        one([tiny(f"seed={seed}") for seed in range(3)])
    assert [record["seed"] for record in store.records()] == [0]
    assert store.failures() == []
    assert "1 done, 2 left; the same command goes on" in capsys.readouterr().out


def test_divergence_is_a_result(tiny):
    (record,) = one([tiny("protocol.learning_rate=1e38")])
    assert record["status"] == "diverged"
    assert record["test"] is record["cases"] is None
    assert record["training"]["stopped"] == "diverged"
    assert record["training"]["updates"] < 4


def test_weights_are_kept_on_request_only(tiny, store):
    from safetensors.torch import load_file

    (record,) = one([tiny()])
    path = store.record_path(record["id"]).with_name("weights.safetensors")
    assert not path.exists()
    (other,) = one([tiny("seed=1", "weights=true")])
    weights = load_file(store.record_path(other["id"]).with_name("weights.safetensors"))
    assert sum(value.numel() for value in weights.values()) == other["training"]["parameters"]


def test_validation_none_costs_no_labels(tiny):
    (record,) = one([tiny("protocol.validation=none")])
    assert record["labels"]["validation"] == 0
    assert record["recalibration"] is None
    assert record["test"]["best"] == record["test"]["last"]
    assert record["test"]["best"]["bce_recalibrated"] is None


def test_n_may_count_patients_and_may_exceed_the_batch(tiny):
    (record,) = one([tiny("protocol.count=patients", "scale.size=9")])
    assert record["subset"]["patients"] == 9
    assert record["training"]["batch_size"] == 8


def test_a_folder_that_cannot_be_written_is_named(tiny, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match=r"file.*cannot be written.*output="):
        one([tiny(f"output={tmp_path / 'file' / 'study'}")])


def test_an_unknown_device_fails_before_anything_is_planned(tiny, store):
    with pytest.raises(ConfigError, match="device"):
        one([tiny("device=abacus")])
    assert not store.folder.exists()


def test_a_worker_that_died_after_its_record_was_written_has_not_failed(tiny, store):
    (record,) = one([tiny()])
    key = {name: record[name] for name in ("id", "task", "model", "strategy", "size", "seed")}
    assert of_dead(store, key, "killed").record == record
    assert not store.failure_path(record["id"]).exists()
    failure = of_dead(store, {**key, "id": "other"}, "killed").failure
    assert failure
    assert failure["kind"] == "killed"
