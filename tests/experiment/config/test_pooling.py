"""The sources of a pooled data set are composed by their names, each by itself."""

import json
import sys
from contextlib import chdir
from contextvars import copy_context
from unittest.mock import patch

import pytest

from segaug.cli.hydra_app import run_app
from segaug.cluster.frozen import config_of, plain_config
from segaug.data.pooled import SourceError
from segaug.errors import ConfigError
from segaug.experiment.config.identity import science, trial_id
from segaug.experiment.outside import compose
from tests.experiment.pooled_tiny import write_configs
from tests.tiny import segaug_here

POOLED = ["dataset=pooled", "dataset.base=wbc_tecom_cell", "dataset.added=[wbc_cellavision_cell]"]


def test_each_source_is_as_its_own_config_says():
    trial = compose([*POOLED, "dataset.k=8"])
    for name, source in trial.config.dataset.sources.items():
        assert source == compose([f"dataset={name}"]).config.dataset
    assert trial.task == "wbc_tecom_cell + 8 wbc_cellavision_cell"


def test_in_colour_the_base_is_called_as_its_own_task():
    trial = compose([*POOLED, "dataset.colour=true"])
    alone = compose(["dataset=wbc_tecom_cell", "dataset.colour=true"])
    assert trial.task == f"{alone.task} + 0 wbc_cellavision_cell"
    assert trial.config.dataset.sources["wbc_tecom_cell"] == alone.config.dataset


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ["dataset.base=wbc_tecom_cel"],
            "dataset.base: unknown data set 'wbc_tecom_cel'; did you mean 'wbc_tecom_cell'?",
        ),
        (
            ["dataset.added=[x]"],
            "dataset.added: unknown data set 'x'; choose from: abdomen_kidney, abdomen_liver, abdomen_pancreas",
        ),
        (["dataset.added=[base_folder]"], "dataset.added: unknown data set 'base_folder'; "),
        (["dataset.added=[pooled]"], "dataset.added: pooled is pooled itself; name the data sets that it is made of"),
        (["dataset.added=[busi]"], "dataset.added: busi segments lesion, and wbc_tecom_cell cell; "),
    ],
)
def test_names_of_no_fitting_data_set_are_refused(words, told):
    with pytest.raises(ConfigError) as caught:
        compose([*POOLED, *words])
    assert str(caught.value).startswith(told)
    assert "\n" not in str(caught.value)


def test_a_source_has_its_options_from_its_own_config_alone():
    with pytest.raises(Exception, match=r"Could not override 'dataset.sources"):
        compose([*POOLED, "dataset.sources={}"])


def test_options_are_recorded_without_where_the_files_lie():
    trial = compose([*POOLED, "dataset.k=8"])
    recorded = science(trial.config)["dataset"]
    assert {key: recorded[key] for key in ("base", "added", "k", "colour")} == {
        "base": "wbc_tecom_cell", "added": ["wbc_cellavision_cell"], "k": [8], "colour": False,
    }  # fmt: skip
    assert list(recorded["sources"]) == ["wbc_tecom_cell", "wbc_cellavision_cell"]
    assert all("root" not in source and source["table"] == "items.csv" for source in recorded["sources"].values())


def test_options_that_came_after_pooling_are_recorded_only_where_they_are_used(tmp_path):
    """The records of then name every option that there was, those that came late among them."""
    home = write_configs(tmp_path, "plain", "aimed")
    with (home / "dataset" / "aimed.yaml").open("a") as file:
        file.write("site_gamma: 1.5\nsplit: { target: [b] }\n")
    trial = compose(["dataset=pooled", "dataset.base=aimed", "dataset.added=[plain]"], str(home))
    recorded = science(trial.config)["dataset"]["sources"]
    assert (recorded["aimed"]["site_gamma"], recorded["aimed"]["split"]["target"]) == (1.5, ["b"])
    assert not {"site_gamma", "site"} & recorded["plain"].keys()
    assert "target" not in recorded["plain"]["split"]
    assert recorded["plain"]["appearance"] == 0.0


def test_a_source_to_test_on_is_part_of_the_id_and_of_nothing_before_it():
    plain, aimed = (compose([*POOLED, *more]) for more in ([], ["dataset.target=wbc_cellavision_cell"]))
    assert aimed.task == f"{plain.task}, tested on wbc_cellavision_cell"
    assert "target" not in science(plain.config)["dataset"]
    assert science(aimed.config)["dataset"]["target"] == "wbc_cellavision_cell"
    assert trial_id(aimed, "content") != trial_id(plain, "content")
    assert config_of(json.loads(json.dumps(plain_config(aimed.config)))) == aimed.config


def test_how_many_are_added_is_part_of_the_id():
    few, many = (compose([*POOLED, f"dataset.k={k}", "scale=n8"]) for k in (4, 8))
    assert trial_id(few, "content") != trial_id(many, "content")


def test_it_survives_as_json():
    config = compose([*POOLED, "dataset.k=8", "dataset.colour=true"]).config
    assert config_of(json.loads(json.dumps(plain_config(config)))) == config


@pytest.fixture
def own_configs(tmp_path):
    """A folder of the user's with two data sets."""
    return write_configs(tmp_path, "mine_0", "mine_1")


OWN = ["dataset=pooled", "dataset.base=mine_0", "dataset.added=[mine_1]"]


@pytest.mark.slow
def test_sources_are_found_in_a_config_folder_of_the_user(tmp_path, own_configs):
    done = segaug_here(
        "plan", "--config-dir", "conf", "-m", *OWN, "dataset.k=0,2,4", "scale=n4", "--json", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    planned = {cell["task"] for cell in json.loads(done.stdout)["cells"]}
    assert planned == {"mine_0 + 0 mine_1", "mine_0 + 2 mine_1", "mine_0 + 4 mine_1"}
    assert len(list((tmp_path / "cache").glob("*.safetensors"))) == 2  # one of each source, for every k


@pytest.mark.slow
def test_verbs_that_compose_by_themselves_find_them_too(tmp_path, own_configs):
    done = segaug_here("data", "check", "--config-dir", "conf", "--json", *OWN, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert [source["name"] for source in json.loads(done.stdout)["sources"]] == ["mine_0", "mine_1"]
    assert compose(OWN, str(own_configs)).task == "mine_0 + 0 mine_1"
    with pytest.raises(ConfigError, match="unknown data set 'mine_0'"):
        compose(OWN)
    done = segaug_here("preview", "--config-dir", "nowhere", *OWN, cwd=tmp_path)
    assert "--config-dir: there is no folder" in done.stderr


@pytest.mark.parametrize(("here", "named"), [(".", "conf"), ("elsewhere", "{folder}")], ids=["below", "elsewhere"])
def test_the_command_of_a_sweep_names_the_folder(tmp_path, own_configs, here, named):
    (tmp_path / here).mkdir(exist_ok=True)
    commands = []

    def study(trials, *, workers, many, command):
        commands.append(command)
        return []

    words = ["-m", "--config-dir", str(own_configs), *OWN, "dataset.k=0,2", "scale=n4"]
    with chdir(tmp_path / here), patch.object(sys, "argv", sys.argv):
        copy_context().run(run_app, "train", words, study)
    (command,) = commands
    assert command.startswith(f"segaug train -m --config-dir={named.format(folder=own_configs)} dataset=pooled ")


def test_an_error_in_the_config_of_a_source_says_whose_it_is(tmp_path):
    wrong = write_configs(tmp_path, "mine", "wrong") / "dataset" / "wrong.yaml"
    wrong.write_text(wrong.read_text().replace("size: 16", "size: 8"))
    words = ["--config-dir", "conf", "dataset=pooled", "dataset.base=mine", "dataset.added=[wrong]"]
    done = segaug_here("train", *words, cwd=tmp_path)
    assert done.returncode == SourceError.exit_code
    assert "dataset.added: wrong: dataset.size: got 8; " in done.stderr
