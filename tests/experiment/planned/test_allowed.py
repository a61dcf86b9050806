import dataclasses

import pytest
import torch

from segaug.augment.baseline import Baseline
from segaug.experiment.artefacts.store import store_of
from segaug.experiment.config.schema import STRATEGIES
from segaug.experiment.planned.allowed import allowed_data, prepare_context, seen_rows, trial_context
from segaug.experiment.planned.parts import parts_of
from segaug.experiment.planned.plan import load, make_plan
from segaug.image_hash import image_hash
from segaug.training.fit import fit
from segaug.training.stopwatch import Stopwatch


class SeesAll(Baseline):
    sees = ("labelled subset", "external images", "unlabelled pool", "validation labels")


def test_nothing_is_handed_over_that_is_not_declared(tiny):
    task = load(tiny())
    data = allowed_data(Baseline(), task, task.split.pool[:4], task.batch(task.split.validation))
    assert (data.external, data.unlabelled, data.validation) == (None, None, None)


def test_what_is_declared_is_disjoint_from_subset_and_test(tiny):
    task = load(tiny())
    rows = task.split.pool[:4]
    data = allowed_data(SeesAll(), task, rows, task.batch(task.split.validation))
    assert torch.equal(data.external, task.image[list(task.split.external)])
    assert torch.equal(data.unlabelled, task.image[list(task.split.pool[4:])])
    assert torch.equal(data.validation.image, task.image[list(task.split.validation)])


def test_a_strategy_can_train_a_segmenter_of_its_own(tiny):
    trial = tiny()
    task = load(trial)
    subset = task.batch(task.split.pool[:4])
    data = allowed_data(Baseline(), task, (), None)
    context = prepare_context(trial.config, task, (), subset, data, Stopwatch(), store_of(trial.config).obtain)
    first, again = (context.train_segmentation(subset, None) for _ in range(2))
    assert torch.equal(first(subset.image), again(subset.image))
    assert not torch.equal(first(subset.image), context.build_model(context.rng("other"))(subset.image))


def test_that_training_draws_other_batches_than_the_trial_and_starts_as_the_protocol_says(tiny):
    class Watching(Baseline):
        rows = ()

        def sample(self, batch, prepared, rng):
            Watching.rows += (tuple(batch.index.tolist()),)
            return super().sample(batch, prepared, rng)

    trial = tiny("protocol.output_bias=foreground", "protocol.length=4", "protocol.batch_size=3")
    config, task = trial.config, load(trial)
    subset = task.batch(task.split.pool[:12])
    data = allowed_data(Baseline(), task, (), None)
    context = prepare_context(config, task, (), subset, data, Stopwatch(), store_of(config).obtain)
    trained = context.train_segmentation(subset, Watching())
    own, Watching.rows = Watching.rows, ()
    network = context.build_model(context.rng("weights"))
    fit(network, Watching(), None, subset, None, config.protocol, config.seed, Stopwatch())
    assert len(own) == len(Watching.rows) > 1
    assert own != Watching.rows
    assert trained.head.bias.item() < -1  # near the log-odds of the foreground, not near 0


def test_what_a_strategy_does_not_take_it_is_not_handed(tiny):
    class SeesFew(SeesAll):
        def taken(self, part, rows):
            return rows[:2] if part == "external images" else rows

    task = load(tiny())
    rows = task.split.pool[:4]
    assert seen_rows(SeesFew(), task, rows, True)["external images"] == task.split.external[:2]
    assert len(allowed_data(SeesFew(), task, rows, None).external) == 2


def test_names_and_patients_are_those_of_the_parts_that_are_declared_in_their_order(tiny):
    trial = tiny()
    task = load(trial)
    rows = task.split.pool[5:1:-1]
    config = dataclasses.replace(trial.config, augment=SeesAll())
    data = allowed_data(SeesAll(), task, rows, task.batch(task.split.validation))
    context = prepare_context(config, task, rows, task.batch(rows), data, Stopwatch(), store_of(config).obtain)
    images = {
        "labelled subset": context.subset.image,
        "external images": data.external,
        "unlabelled pool": data.unlabelled,
        "validation labels": data.validation.image,
    }
    seen = seen_rows(SeesAll(), task, rows, True)
    pairs = set()
    for part, shown in images.items():
        assert context.names(part) == tuple(map(image_hash, shown))
        assert len(context.patients(part)) == len(shown)
        pairs |= set(zip(context.patients(part), (task.patients[row] for row in seen[part]), strict=True))
    assert len({number for number, _ in pairs}) == len({patient for _, patient in pairs}) == len(pairs)
    plain = prepare_context(trial.config, task, rows, task.batch(rows), data, Stopwatch(), store_of(config).obtain)
    with pytest.raises(KeyError, match="unlabelled pool"):
        plain.names("unlabelled pool")


def test_an_image_is_hashed_once_for_all_trials_of_a_process(tiny, monkeypatch):
    hashed = []
    monkeypatch.setattr("segaug.data.task.image_hash", lambda image: hashed.append(image_hash(image)) or hashed[-1])
    task = load(tiny())
    first, again = task.names_of((3, 1)), task.names_of((1, 3, 2))
    assert first == again[1::-1]
    assert hashed == [image_hash(task.image[row]) for row in (3, 1, 2)]


def test_images_that_nobody_looks_at_are_not_cut_out(tiny, monkeypatch):
    """A study asks each of its trials what it needs: the names are enough for most."""
    monkeypatch.setitem(STRATEGIES, "sees_all", SeesAll)
    trial = tiny()
    config = dataclasses.replace(trial.config, augment=SeesAll())
    plan = make_plan([dataclasses.replace(trial, config=config, strategy="sees_all")], skip_large=False)
    (planned,), (task,) = plan.trials, plan.tasks.values()
    parts = parts_of(planned, task, "cpu")
    context = trial_context(config, parts, task, Stopwatch(), store_of(config).obtain)
    assert len(context.names("unlabelled pool")) == len(task.split.pool) - len(parts.rows)
    assert not {"external", "unlabelled"} & vars(context.allowed).keys()
    assert "test" not in vars(parts)
    assert torch.equal(context.allowed.to("cpu").external, task.image[list(task.split.external)])
    assert context.allowed.validation.image is parts.validation.image
