"""Sets that show the same patients say so of each other, and are pooled by whoever asks for it alone, with a word."""

from dataclasses import replace
from functools import cache

import pytest
from omegaconf import OmegaConf

from segaug.cli.data_list import dataset_files
from segaug.data.download import downloads_of
from segaug.data.fetch.fetch import offers
from segaug.data.kinds.folder import Folder
from segaug.data.listing import named_folder
from segaug.data.phantom import Phantom
from segaug.data.pooled import Pooled
from segaug.data.task import Described
from segaug.errors import ConfigError
from segaug.experiment.config.choice import composed_option, option_alone
from segaug.experiment.config.identity import science
from segaug.experiment.outside import own_loader
from segaug.experiment.planned.plan import make_plan
from segaug.experiment.trial.run import run_trial
from segaug.form import Form
from segaug.results.pooled import is_told_shared, told_shared
from tests.experiment.pooled_tiny import ADDED, BASE, pooled

X = {"structures": {"x": [1]}, "structure": "x"}
TOLD = f"{BASE} and {ADDED} show some of the same patients"


@cache
def shipped() -> dict[str, Described]:
    """The sets that segaug ships, by name."""
    nodes = {
        name: option_alone(own_loader(), "dataset", name) for name, (whose, _) in dataset_files([]) if whose == "segaug"
    }
    return {name: OmegaConf.to_object(node) for name, node in nodes.items() if OmegaConf.get_type(node) is not Pooled}


def test_overlaps_name_sets_that_exist_and_are_said_by_both():
    said = {name: set(one.overlaps) - {name} for name, one in shipped().items()}
    assert {(name, other) for name, others in said.items() for other in others if other not in said} == set()
    assert {(name, other) for name, others in said.items() for other in others if name not in said[other]} == set()
    assert "sunnybrook_volumes" in said["sunnybrook"]
    assert "nuclei_stained" not in said["nuclei_fluorescence"]


def test_what_ships_says_how_it_is_got_in_the_words_that_there_are(monkeypatch):
    monkeypatch.setenv("SEGAUG_DATA", "/data")
    for name, one in shipped().items():
        assert one.access in ("", "free", "form", "ask"), name
        assert not one.address or one.address.startswith(("https://", "http://")), name
        assert set(one.published) <= {"images", "patients"}, name
        if one.downloads:
            assert one.access, name
            offers(downloads_of(one.downloads), named_folder(one.root, "dataset.root"), free=one.access == "free")


@pytest.mark.parametrize("name", ["busi", "wbc_tecom_nucleus", "phantom_blob"])
def test_a_set_composed_alone_is_the_one_of_a_trial(name):
    loader = own_loader()
    assert option_alone(loader, "dataset", name) == composed_option(loader, "dataset", name)


@pytest.mark.parametrize("whose", ["ours", "theirs"])
def test_whoever_says_it_they_are_refused_unless_asked_for(whose):
    sources = {"ours": Folder(**X), "theirs": Folder(**X)}
    sources[whose] = replace(sources[whose], overlaps=["ours", "theirs", "others"])
    told = (
        r"^dataset\.added: ours and theirs show some of the same patients, .*dataset\.allow_overlap=true, which records"
    )
    with pytest.raises(ConfigError, match=told):
        Pooled(base="ours", added=["theirs"]).with_sources(sources)
    assert Pooled(base="ours", added=["theirs"], allow_overlap=True).with_sources(sources).sources == sources
    sources[whose] = replace(sources[whose], overlaps=["others"])
    assert Pooled(base="ours", added=["theirs"]).with_sources(sources).form == Form(
        channels=1, structures=("x",), size=(64, 64), sources=("ours", "theirs")
    )


def test_the_record_says_it_first_and_no_other_trial_has_another_id(tiny):
    trial = pooled(tiny(), 4)
    assert "allow_overlap" not in science(trial.config)["dataset"]
    sources = {name: replace(each, overlaps=[ADDED]) for name, each in trial.config.dataset.sources.items()}
    assert all(isinstance(each, Phantom) for each in sources.values())
    allowed = replace(trial.config.dataset, sources={}, allow_overlap=True).with_sources(sources)
    plan = make_plan([replace(trial, config=replace(trial.config, dataset=allowed))], skip_large=False)
    (planned,) = plan.trials
    record, _ = run_trial(planned, plan.tasks[planned.trial.task])
    assert record["warnings"][0] == told_shared(BASE, ADDED)
    assert record["config"]["dataset"]["allow_overlap"] is True
    assert record["warnings"][0].startswith(TOLD)
    assert is_told_shared(record["warnings"][0])
