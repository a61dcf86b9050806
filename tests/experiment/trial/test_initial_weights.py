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


def test_where_a_strategy_has_trained_networks_before_the_trial_starts_as_without(tiny):
    """The joint phase has a segmentation network of its own: it moves no weight and no stream of the trial's."""
    plain = weights_after_training_that_moves_nothing(tiny, "augment=baseline", "dataset.size=32")
    learned = weights_after_training_that_moves_nothing(tiny, "augment=gd", *JOINT)
    other = weights_after_training_that_moves_nothing(tiny, "augment=baseline", "dataset.size=32", "seed=1")
    for name, weight in plain.items():
        assert torch.allclose(weight, learned[name], rtol=0, atol=1e-20), name
    assert any(not torch.equal(weight, other[name]) for name, weight in plain.items())
