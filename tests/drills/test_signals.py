"""A trial that is told to stop, in whatever phase, leaves nothing, and gives the same bits when it is run again."""

import os
import signal

import pytest
import torch

from segaug.experiment.machine.stop import Terminated
from segaug.experiment.sweep.study import TrialsFailed, run_study
from segaug.experiment.trial import run as run_module
from segaug.results.lease import look
from segaug.results.store import Store
from segaug.training import segmentation, selection
from tests.experiment.conftest import tiny  # noqa: F401  # a fixture
from tests.tiny import volatile_free

pytestmark = pytest.mark.drill
PHASES = {
    "prepare": (run_module, "trial_context"),
    "train": (segmentation.Segmentation, "training_step"),
    "validate": (selection.Selection, "_validate"),
    "measure": (run_module, "strength"),
    "test": (run_module, "score"),
    "write": (Store, "write_record"),
}
SIGNALS = {signal.SIGTERM: 143, signal.SIGUSR2: 140, signal.SIGINT: None}


def study(trials):
    return run_study(trials, workers=1, many=False)


def records(folder):
    return {record["id"]: volatile_free(record) for record in Store(folder).records()}


@pytest.fixture(scope="module")
def calm(tmp_path_factory):
    """What two trials give that nobody disturbs."""
    from segaug.experiment.outside import compose
    from tests.tiny import TINY

    folder = tmp_path_factory.mktemp("calm")
    study([compose([*TINY, f"output={folder}/study", f"cache={folder}/cache", f"seed={seed}"]) for seed in range(2)])
    return records(folder / "study")


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: signal.Signals(number).name)
@pytest.mark.parametrize("phase", PHASES)
def test_a_signal_in_any_phase_loses_at_most_the_trial_at_hand(tiny, tmp_path, calm, phase, number, monkeypatch):  # noqa: F811
    owner, name = PHASES[phase]
    real, calls = getattr(owner, name), []

    def struck(*args, **named):
        calls.append(1)
        if len(calls) == 2:
            os.kill(os.getpid(), number)
        return real(*args, **named)

    trials = [tiny(f"seed={seed}") for seed in range(2)]
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, struck)
        with pytest.raises(KeyboardInterrupt) as raised:
            study([*trials, tiny("seed=2")])
    assert len(calls) >= 2
    if code := SIGNALS[number]:
        assert isinstance(raised.value, Terminated)
        assert raised.value.exit_code == code
    store = Store(tmp_path / "study")
    assert store.failures() == []
    assert all(record == calm[one] for one, record in records(store.folder).items())
    for folder in (tmp_path / "study" / "trials").iterdir():
        seen = look(folder)
        assert seen is None or seen.released, "given back, so that nobody has to wait"
    study(trials)
    assert records(store.folder) == calm


def test_a_loss_that_is_no_number_is_a_result(tiny, tmp_path, calm, monkeypatch):  # noqa: F811
    real = segmentation.Segmentation.training_step

    def none_at_step_2(self, batch, step):
        loss = real(self, batch, step)
        return loss * float("nan") if step == 2 and self.seed == 1 else loss

    monkeypatch.setattr(segmentation.Segmentation, "training_step", none_at_step_2)
    study([tiny(f"seed={seed}") for seed in range(2)])
    found = {record["seed"]: record for record in Store(tmp_path / "study").records()}
    assert volatile_free(found[0]) in calm.values()
    assert (found[1]["status"], found[1]["test"]) == ("diverged", None)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (torch.OutOfMemoryError("CUDA out of memory"), "oom"),
        (MemoryError(), "oom"),
        (FloatingPointError("the metric of case 3 is nan"), "nan"),
    ],
)
def test_one_trial_that_fails_costs_no_other(tiny, tmp_path, calm, error, kind, monkeypatch):  # noqa: F811
    real = segmentation.Segmentation.training_step

    def failing(self, batch, step):
        if self.seed == 1 and step == 1:
            raise error
        return real(self, batch, step)

    trials = [tiny(f"seed={seed}") for seed in range(2)]
    with monkeypatch.context() as patch:
        patch.setattr(segmentation.Segmentation, "training_step", failing)
        with pytest.raises(TrialsFailed, match="1 of 2 trials failed"):
            study(trials)
    store = Store(tmp_path / "study")
    (failure,) = store.failures()
    assert (failure["kind"], failure["seed"], failure["attempt"]) == (kind, 1, 1)
    study(trials)
    assert records(store.folder) == calm


def test_slurm_variables_of_four_tasks_a_node_change_nothing(tiny, tmp_path, calm, monkeypatch):  # noqa: F811
    facts = {"JOB_ID": "7", "NTASKS": "4", "NTASKS_PER_NODE": "4", "TASKS_PER_NODE": "4", "PROCID": "2", "LOCALID": "2"}
    for name, value in {**facts, "NODEID": "0", "JOB_NUM_NODES": "1", "NODELIST": "node1", "NNODES": "1"}.items():
        monkeypatch.setenv(f"SLURM_{name}", value)
    study([tiny(f"seed={seed}") for seed in range(2)])
    assert records(tmp_path / "study") == calm
