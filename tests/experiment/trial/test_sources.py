"""Trials on several sources: at k = 0 the base's own trial, and what a record says of each source."""

import json
from dataclasses import replace

import pytest
import torch

from segaug.experiment.planned.plan import make_plan
from segaug.experiment.trial.run import run_trial
from segaug.results.record import check
from tests.experiment.pooled_tiny import ADDED, BASE, pooled

SPLIT = "dataset.split.min_validation=4"
GENDA = [  # learned for so short a time that the generator does not collapse, whatever the processor rounds
    "augment=genda", "dataset.size=32", "augment.external=4", "augment.lddmm.k=4", "augment.lddmm.similarity=ssd",
    "augment.gan.steps=60", "augment.gan.learning_rate=1e-3", "augment.gan.averaging=0.9", "augment.gan.width=8",
    "augment.gan.side_px=16",
]  # fmt: skip
OF_THE_TASK = {"id", "task", "config", "dataset_hash", "form", "saw", "sources", "run"}  # what may differ at k = 0
STRATEGIES = [
    ["protocol.output_bias=foreground"],
    pytest.param(["augment=red", "dataset.size=32"], marks=pytest.mark.slow),
    pytest.param(GENDA, marks=pytest.mark.slow),
    pytest.param(["augment=regda", "augment.external=2", "augment.mixed=1"], marks=pytest.mark.slow),
    pytest.param(["augment=self_training", "protocol.sampling=balanced"], marks=pytest.mark.slow),
    pytest.param(["augment=adversarial", "augment.level=pixel"], marks=pytest.mark.slow),
]


@pytest.fixture
def tiny(drawn_once):
    return drawn_once


def run(*trials):
    plan = make_plan(trials, skip_large=False)
    runs = [(planned, plan.tasks[planned.trial.task]) for planned in plan.trials]
    by_task = {planned.trial.task: run_trial(planned, task) for planned, task in runs}
    return [by_task[trial.task] for trial in trials]


@pytest.mark.parametrize("words", STRATEGIES)
def test_with_nothing_added_a_trial_is_that_of_the_base_alone(tiny, words):
    alone = tiny(SPLIT, *words)
    (record, weights), (same, same_weights), (added, _) = run(alone, pooled(alone, 0), pooled(alone, 4))
    assert {key for key in record | same if record.get(key) != same.get(key)} == OF_THE_TASK
    assert all(torch.equal(value, same_weights.network[name]) for name, value in weights.network.items())
    assert added["history"] != same["history"]
    assert same["saw"] == {
        part: {**seen, "sources": {BASE: seen["images"], ADDED: 0}} for part, seen in record["saw"].items()
    }
    assert added["saw"] == {
        part: {**seen, "images": seen["images"] + 4 * labelled, "patients": seen["patients"] + 4 * labelled}
        | {"sources": {BASE: seen["images"], ADDED: 4 * labelled}}
        for part, seen in record["saw"].items()
        for labelled in [part == "labelled subset"]
    }


@pytest.mark.parametrize(
    ("sampling", "shown"), [pytest.param("proportional", (8, 16), marks=pytest.mark.slow), ("balanced", (12, 12))]
)
def test_a_record_says_how_each_source_was_shown_and_how_good_the_trial_is_there(tiny, sampling, shown):
    trial = pooled(tiny(SPLIT, "protocol.batch_size=6", f"protocol.sampling={sampling}"), 8)
    ((record, _),) = run(trial)
    check(json.loads(json.dumps(record)))
    sources = record["sources"]
    assert list(sources) == list(record["form"]["sources"]) == [BASE, ADDED]
    assert [source["role"] for source in sources.values()] == ["base", "added"]
    assert [source["training"] for source in sources.values()] == [4, 8]
    assert tuple(source["presentations"] for source in sources.values()) == shown
    assert sources[BASE]["test"] == record["test"]
    assert sources[BASE]["cases"] is None
    assert sources[ADDED]["test"].keys() == record["test"].keys()
    assert sources[ADDED]["test"]["best"] != record["test"]["best"]
    cases = sources[ADDED]["cases"]
    assert cases.keys() == record["cases"].keys()
    assert all(name.startswith(f"{ADDED}/") for name in (*cases["ids"], *cases["patients"]))
    assert sources[ADDED]["test"]["best"]["dice"] == pytest.approx(sum(cases["dice"]) / len(cases["dice"]))


def test_a_source_that_is_tested_on_in_the_base_s_place_has_the_scores_of_the_record(tiny):
    plain = pooled(tiny(SPLIT), 0)
    dataset = replace(plain.config.dataset, target=ADDED)
    aimed = replace(plain, config=replace(plain.config, dataset=dataset), task=dataset.name("base"))
    (record, _), (before, _) = run(aimed, plain)
    check(json.loads(json.dumps(record)))
    assert [name for name, source in record["sources"].items() if source["role"] == "base"] == [BASE]
    assert record["sources"][ADDED]["test"] == record["test"]
    assert record["sources"][ADDED]["cases"] is None
    assert record["cases"]["ids"] == before["sources"][ADDED]["cases"]["ids"]
    assert record["sources"][BASE]["cases"]["ids"] == before["cases"]["ids"]
    assert record["sources"][BASE]["training"] == 4
    assert record["subset"]["ids"] == before["subset"]["ids"]
    assert record["reference"] != before["reference"]


@pytest.mark.slow
def test_a_diverged_trial_has_no_scores_of_any_source(tiny):
    ((record, _),) = run(pooled(tiny(SPLIT, "protocol.learning_rate=1e30"), 2))
    assert record["status"] == "diverged"
    check(json.loads(json.dumps(record)))
    assert all(source["test"] is source["cases"] is None for source in record["sources"].values())
    assert sum(source["presentations"] for source in record["sources"].values()) > 0


def test_a_trial_on_one_source_says_nothing_of_sources(tiny):
    ((record, _),) = run(tiny(SPLIT))
    assert "sources" not in record
    assert all(seen.keys() == {"images", "patients"} for seen in record["saw"].values())
