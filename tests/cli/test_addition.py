"""`segaug addition` prints, writes, and names the commands of what is missing."""

import json
import shlex

import pandas as pd
import pytest

from segaug.analysis.addition.family import FamilyKey
from segaug.analysis.addition.missing import Missing
from segaug.cli.addition_commands import commands
from segaug.cli.main import main
from tests.addition_study import pooled, records, write

KEY = FamilyKey("tecom", ("cella", "other"), 8, "nnunet(feature_size=16)", "red(p=0.5)")


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    made = records(samplings=("proportional", "balanced"), sizes=(4, 12, 16, 32))
    return write(tmp_path_factory.mktemp("made") / "wbc", made)


def shown(capsys, *arguments):
    assert main(["addition", *map(str, arguments)]) == 0
    return capsys.readouterr().out


def test_it_prints_verdict_worth_dilution_and_what_is_missing(study, capsys):
    out = " ".join(shown(capsys, study).split())
    assert out.count("harm shown at k = 4, 16") == 6  # by three measures, two samplings
    assert "16 added images are worth -3." in out
    assert "balanced takes back" in out
    assert "scale.size=24" in out  # the positive control of k = 16
    assert (study / "addition" / "1-dice_bce_bce_recalibrated.json").is_file()


def test_every_line_but_a_command_fits_80_columns(study, capsys):
    lines = shown(capsys, study).splitlines()
    assert max(len(line) for line in lines if not line.startswith(("segaug train", "wrote"))) <= 80


def test_json_and_csv_say_the_same_numbers(study, capsys):
    record = json.loads(shown(capsys, study, "--metric", "bce", "--json"))
    shown(capsys, study, "--metric", "bce")
    rows = pd.read_csv(study / "addition" / "bce.csv")
    points = [point for curve in record["curves"] for point in curve["points"]]
    assert rows["difference"].tolist() == [point["difference"]["value"] for point in points]
    assert rows["difference_low"].tolist() == [point["difference"]["ci"]["low"] for point in points]
    assert record["curves"][0]["verdict"]["harm_at"] == [4, 16]
    assert [point["k"] for point in record["dilution"][0]["points"]] == [4, 16]


def test_a_score_is_shown_as_it_is_and_its_error_written(study, capsys):
    out = shown(capsys, study, "--metric", "dice")
    assert "test Dice" in out
    assert pd.read_csv(study / "addition" / "1-dice.csv")["difference"].gt(0).all()
    assert "  -0." in out


def test_strategies_stand_beside_the_one_that_is_named(tmp_path, capsys):
    other = [pooled(k, seed, strategy="red") for k in (0, 4, 16) for seed in range(5)]
    made = write(tmp_path / "two", [*records(), *other])
    out = " ".join(shown(capsys, made).split())
    assert "red, proportional sampling, beside its reference with the same images" in out
    assert "BCE minus that of baseline: " in out
    assert "mean over these k: " in out
    assert "BCE minus that of red: " in " ".join(shown(capsys, made, "--baseline", "red").split())
    record = json.loads(shown(capsys, made, "--metric", "bce", "--json"))
    ((beside),) = record["beside"]
    assert [point["k"] for point in beside["points"]] == [0, 4, 16]
    assert main(["addition", str(made), "--baseline", "genda"]) == 2
    assert "--baseline: no curve of added images is genda; choose from: baseline, red" in capsys.readouterr().err


def test_a_study_without_pooled_trials_is_refused_in_one_line(tmp_path, capsys):
    folder = write(tmp_path / "plain", [trial for trial in records(sizes=(8,)) if "sources" not in trial])
    assert main(["addition", str(folder)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_metric_that_nobody_measured_is_refused(study, capsys):
    assert main(["addition", str(study), "--metric", "nsd"]) == 2
    assert "nsd" in capsys.readouterr().err


def test_a_command_spells_out_the_trial_and_keeps_the_rest(tmp_path):
    made_by = (
        "segaug train -m dataset=pooled dataset.base=tecom dataset.k=0,4 dataset.colour=true model=nnunet "
        "model.feature_size=16 augment=red,baseline scale=n8 protocol=fixed_steps protocol.length=96 "
        "hydra/launcher=slurm 'seed=range(9)' name=wbc"
    )
    worth = Missing(KEY, "for worth", True, ((16,), (32,)), (0, 1, 2))
    more = Missing(KEY, "for more", False, ((0, 0), (4, 8)), (3, 5), ("proportional", "balanced"))
    found = [shlex.split(command) for _, command in commands([worth, more, worth], made_by, tmp_path / "wbc")]
    kept = ["dataset.colour=true", "protocol=fixed_steps", "protocol.length=96"]
    network = ["model=nnunet", "model.feature_size=16", "augment=red", "augment.p=0.5"]
    start = ["segaug", "train", "-m"]
    assert found == [
        [*start, "dataset=tecom", "scale.size=16,32", *network, *kept, "seed=range(3)", "name=wbc"],
        [
            *start, "dataset=pooled", "dataset.base=tecom", "dataset.added=[cella,other]", "dataset.k=0,[4,8]",
            "scale.size=8", "protocol.sampling=proportional,balanced", *network, *kept, "seed=3,5", "name=wbc",
        ],
    ]  # fmt: skip


def test_a_command_of_a_study_file_says_what_to_add(tmp_path):
    ((words, command),) = commands(
        [Missing(KEY, "for worth", True, ((16,),), (0,))], "segaug train study=wbc", tmp_path
    )
    assert words == "for worth; beside what study=wbc sets"
    assert "study=" not in command


def test_a_study_elsewhere_with_configs_of_its_own_is_added_to_where_it_is(tmp_path):
    made_by = f"segaug train -m --config-dir mine dataset=pooled dataset.base=tecom output={tmp_path}"
    ((_, command),) = commands([Missing(KEY, "for worth", True, ((16,),), (0,))], made_by, tmp_path)
    assert command.startswith("segaug train -m --config-dir mine dataset=tecom "), (
        "Hydra takes overrides from one place"
    )
    assert command.endswith(f" output={tmp_path}")


def test_without_a_stored_command_there_is_one_all_the_same(tmp_path):
    ((_, command),) = commands([Missing(KEY, "for worth", True, ((16,),), (0,))], None, tmp_path)
    assert command.startswith("segaug train -m dataset=tecom scale.size=16")


def test_a_table_of_single_runs_says_what_it_cannot(tmp_path, capsys):
    table = tmp_path / "published.csv"
    table.write_text("curve,k,Dice [%]\nplain,0,49.6\nplain,63,30.4\nplain,125,39.5\n")
    out = " ".join(shown(capsys, table).split())
    assert "nothing can be shown" in out
    assert "the largest rise of error, 0.192 at k = 63, would show harm if trainings vary by less than" in out


def test_one_seed_and_k_alone_are_said(tmp_path, capsys):
    out = shown(capsys, write(tmp_path / "one", [pooled(4, 0)]), "--metric", "bce")
    assert "no trial of k = 0" in out
    assert "dataset.k=0" in out
