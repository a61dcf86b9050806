import pytest
import torch

from segaug.experiment.planned.plan import make_plan
from segaug.experiment.trial.run import run_trial

JOINT = ["augment.joint.updates=2", "augment.joint.warmup=1", "augment.joint.batch_size=4", "dataset.size=32"]
STILL = ["protocol.length=1", "protocol.learning_rate=1e-30", "protocol.warmup=0"]  # moves weights that are 0 alone


def weights_after_training_that_moves_nothing(tiny, *words):
    plan = make_plan([tiny(*words, *STILL)], skip_large=False)
    (planned,) = plan.trials
    network = run_trial(planned, plan.tasks[planned.trial.task])[1].network
    return {name: weight for name, weight in network.items() if "running" not in name and "tracked" not in name}


@pytest.mark.slow
def test_all_strategies_start_from_the_same_weights(tiny):
    """The joint phase of gd has a segmentation network of its own: it moves no weight and no stream of the trial's."""
    plain, other = (
        weights_after_training_that_moves_nothing(tiny, "augment=baseline", "dataset.size=32", seed)
        for seed in ("seed=0", "seed=1")
    )
    for words in (["augment=red", "augment.p=0.5", "dataset.size=32"], ["augment=gd", *JOINT]):
        learned = weights_after_training_that_moves_nothing(tiny, *words)
        for name, weight in plain.items():
            assert torch.allclose(weight, learned[name], rtol=0, atol=1e-20), (words, name)
    assert any(not torch.equal(weight, other[name]) for name, weight in plain.items())
