"""What is submitted can be read back, to the same trials, from JSON alone."""

import json

import pytest

from segaug.cluster.check import Mismatch, check_frozen
from segaug.cluster.frozen import code_hash, config_of, plain_config
from segaug.cluster.scheduler import Cluster
from segaug.cluster.settings import JobSettings
from segaug.cluster.slurm import Slurm
from segaug.cluster.submission import Submission, create
from segaug.errors import ConfigError
from segaug.experiment.outside import compose
from segaug.experiment.planned.plan import make_plan
from tests.tiny import TINY


@pytest.mark.parametrize(
    "choices",
    [
        ["augment=regda", "model=swin_unet", "dataset=busi", "tracker=wandb", "protocol=fixed_steps"],
        ["augment=genda", "dataset=wbc_tecom_cell", "scale=all"],
        ["augment=red", "augment.p=0.25", "dataset=phantom_lesions", "seed=7", "weights=true"],
        ["augment=smooth_random", "dataset=hippocampus_anterior"],
    ],
)
def test_a_config_survives_json(choices):
    config = compose(choices).config
    assert config_of(json.loads(json.dumps(plain_config(config)))) == config


@pytest.mark.parametrize("text", ["${oc.env:HOME}", "a${seed}", "${"])
def test_a_frozen_config_looks_nothing_up(text):
    plain = plain_config(compose(["dataset=busi"]).config)
    plain["dataset"]["root"] = text
    with pytest.raises(ConfigError, match=r"dataset\.root: looks up .*; submit the study again"):
        config_of(plain)


@pytest.fixture
def submission(tmp_path):
    trials = [compose([*TINY, f"augment={name}", f"output={tmp_path}"]) for name in ("baseline", "red")]
    trials = [one.at(size=size, seed=seed) for one in trials for size in (1, 4) for seed in (0, 3)]
    plan = make_plan(trials, skip_large=True)
    ids = [one.id for one in plan.trials]
    made = create(
        tmp_path, plan, [ids[:5], ids[5:]], Cluster(Slurm(), JobSettings()), {"code": code_hash(), "attempts": {}}
    )
    return made, plan


def test_a_submission_holds_each_config_once_and_gives_back_the_trials(submission):
    made, plan = submission
    held = json.loads((made.folder / "trials.json").read_bytes())
    assert len(held["configs"]) == 2
    assert [one for one, _ in Submission(made.folder).trials()] == list(plan.trials)
    assert made.keys([plan.trials[3].id]) == [plan.trials[3].key()]
    check_frozen(made)


def test_changed_code_or_configuration_is_refused(submission, monkeypatch):
    made, _ = submission
    with monkeypatch.context() as changed:
        changed.setattr("segaug.cluster.check.code_hash", lambda: "0" * 16)
        with pytest.raises(Mismatch, match="the code of segaug has changed"):
            check_frozen(made)
    path = made.folder / "trials.json"
    path.write_text(path.read_text().replace('"warmup": 1', '"warmup": 2'))
    with pytest.raises(Mismatch, match="not those that were submitted"):
        check_frozen(made)


def test_the_job_of_a_pack_is_found(submission):
    made, _ = submission
    made.sent("12", 0, 1)
    assert made.job_names() == ["12_0", ""]
