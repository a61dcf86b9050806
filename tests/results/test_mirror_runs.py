"""What a run holds is a pure function of records."""

from statistics import fmean, stdev

import pytest

from segaug.measures import quantities
from segaug.results.mirror import series
from segaug.results.mirror.granularity import GRANULARITIES
from segaug.results.mirror.run import FORMAT, run_id, tables_run
from segaug.results.mirror.runs import run_of
from tests.results.test_record import ONE, SEVERAL
from tests.structures import STRUCTURES, structures_record
from tests.synthetic import gd_gi_record, record


def cell_run(study, records):
    return run_of(study, "cell", records)


def trial_run(study, entry):
    return run_of(study, "trial", [entry])


def seeds(count, **changes):
    return [{**record("thorax", "nnunet", "red", 4, seed), **changes} for seed in range(count)]


def test_a_cell_has_what_a_dashboard_groups_by():
    run = cell_run("pilot", seeds(3))
    assert (
        run.config.items() >= {"study": "pilot", "task": "thorax", "model": "nnunet", "strategy": "red", "N": 4}.items()
    )
    assert set(run.tags) == {"pilot", "thorax", "nnunet", "red", "n4"}
    assert (run.group, run.job_type, run.name) == ("thorax/nnunet/red", "cell", "thorax/nnunet/red/n4")
    assert run.config["scientific"]["augment"] == {"p": 1.0}


def test_a_cell_summarises_its_seeds_in_any_order():
    records = seeds(5)
    run = cell_run("pilot", records)
    values = [entry["test"]["best"]["bce"] for entry in records]
    assert run.summary["test/bce_mean"] == pytest.approx(fmean(values))
    assert run.summary["test/bce_sd"] == pytest.approx(stdev(values))
    table = run.tables["seeds"]
    assert [row[table.columns.index("seed")] for row in table.rows] == [0, 1, 2, 3, 4]
    assert [row[table.columns.index("test/bce")] for row in table.rows] == values
    assert cell_run("pilot", records[::-1]) == run


def test_one_seed_has_no_deviation():
    summary = cell_run("pilot", seeds(1)).summary
    assert "test/bce_mean" in summary
    assert not [key for key in summary if key.endswith("_sd")]


@pytest.mark.parametrize("nothing", [None, dict.fromkeys(("bce", "dice", "hd95", "bce_recalibrated"))])
def test_a_diverged_seed_is_counted_and_not_averaged(nothing):
    records = seeds(3)
    records[1] |= {"status": "diverged", "test": {"best": nothing, "last": nothing}}
    run = cell_run("pilot", records)
    values = [records[seed]["test"]["best"]["dice"] for seed in (0, 2)]
    assert (run.summary["trials"], run.summary["diverged"]) == (3, 1)
    assert run.summary["test/dice_mean"] == pytest.approx(fmean(values))
    assert run.tables["seeds"].rows[1][run.tables["seeds"].columns.index("test/dice")] is None


def test_the_mean_curve_ends_with_the_first_seed_that_stops():
    long, short = seeds(2)
    long["history"] |= {"update": [16, 32, 48], "training_loss": [3, 2, 1], "validation_bce": [0.4, 0.3, 0.2]}
    short["history"] |= {"update": [16, 32], "training_loss": [3, 2], "validation_bce": [0.6, None]}
    assert cell_run("pilot", [long, short]).history == (
        {"update": 16, "validation_bce/seed_0": 0.4, "validation_bce/seed_1": 0.6, "validation_bce/mean": 0.5},
        {"update": 32, "validation_bce/seed_0": 0.3},
        {"update": 48, "validation_bce/seed_0": 0.2},
    )


def test_a_trial_has_its_own_curve_over_updates():
    (entry,) = seeds(1)
    run = trial_run("pilot", entry)
    assert (run.group, run.job_type, run.name) == ("thorax/nnunet/red/n4", "trial", "thorax/nnunet/red/n4/seed0")
    assert [row["update"] for row in run.history] == entry["history"]["update"]
    assert [row["validation_bce"] for row in run.history] == entry["history"]["validation_bce"]
    assert run.summary["test/bce"] == entry["test"]["best"]["bce"]
    assert run.config["trial"] == entry["id"]


def test_every_measure_of_every_structure_is_a_column_and_a_mean():
    records = [structures_record("heart", "nnunet", "red", 4, seed) for seed in range(3)]
    table, summary = series.table(records), series.means(records)
    for what in quantities(STRUCTURES):
        values = [entry["test"]["best"][what.key] for entry in records]
        assert [row[table.columns.index(f"test/{what.key}")] for row in table.rows] == values
        assert summary[f"test/{what.key}_mean"] == pytest.approx(fmean(values))
    assert not [name for name in table.columns if name.endswith("/bce")]


def test_what_a_trial_has_not_measured_is_null_beside_those_that_have():
    old, new = seeds(2)
    new["test"] = {weights: {**means, "dice_patient": 0.9} for weights, means in new["test"].items()}
    run = cell_run("pilot", [old, new])
    place = run.tables["seeds"].columns.index("test/dice_patient")
    assert [row[place] for row in run.tables["seeds"].rows] == [None, 0.9]
    assert run.summary["test/dice_patient_mean"] == 0.9
    assert "test/dice_patient_sd" not in run.summary


def test_all_that_was_validated_has_a_curve():
    one, other = (structures_record("heart", "nnunet", "red", 4, seed) for seed in range(2))
    for entry in (one, other):
        entry["history"] = {"update": [16], "training_loss": [3], "validation_ce": [0.4], "validation_dice": [0.5]}
    del other["history"]["validation_dice"]
    assert list(series.over_updates([one, other])) == [
        {"update": 16, "validation_ce/seed_0": 0.4, "validation_ce/seed_1": 0.4, "validation_ce/mean": 0.4,
         "validation_dice/seed_0": 0.5},
    ]  # fmt: skip
    assert list(series.of_one(one)) == [
        {"update": 16, "training_loss": 3, "validation_ce": 0.4, "validation_dice": 0.5},
    ]


BEFORE = {  # of `gd_gi_record`, seed 1
    "saw/labelled subset/images": 4,
    "saw/external images/patients": 8,
    "learned/generator_deformation/artefact": "generator_deformation-4-1",
    "learned/generator_deformation/updates": 320,
    "learned/generator_deformation/chosen_update": 112,
    "learned/generator_intensity/magnitude": 2.5,
    "learning_cpu_seconds": 30.0,
}


def test_a_trial_tells_what_was_seen_and_learned_before_it():
    run = trial_run("pilot", gd_gi_record("thorax", "nnunet", 4, 1))
    assert run.summary.items() >= BEFORE.items()
    assert run.summary["learned/generator_deformation/accuracy"] == 0.8
    assert "learned/generator_intensity/accuracy" not in run.summary, "it is not known"


def test_a_trial_tells_what_was_made_of_its_images():
    told = {key: value for key, value in series.row(SEVERAL, []).items() if key.startswith(("images/", "bank/"))}
    assert told == {
        "images/labelled": 4, "images/unlabelled": 12, "images/external": 0,
        "images/synthetic/made": 4, "images/synthetic/kept": 3, "images/synthetic/used": 2,
        "bank/artefact": "b-1", "bank/without_foreground": 2, "bank/mean": 0.25, "bank/kid": None,
    }  # fmt: skip
    means = series.means([SEVERAL, SEVERAL])
    assert (means["images/synthetic/kept_mean"], means["bank/mean_mean"]) == (3, 0.25)
    assert not any(key.startswith(("images/", "bank/")) for key in series.row(ONE, []))


def test_a_trial_tells_which_policies_it_learned():
    told = {key: value for key, value in series.row(SEVERAL, []).items() if key.startswith("policies/")}
    numbers = {"policy_updates": 256, "beta": 0.05, "beta_updates": 6.75, "gamma": 0.05, "gamma_updates": None}
    of_class = {
        "rows": 128, "flip/start": 0.5, "flip/final": 0.25, "flip/final/flip": 0.75,
        "gamma/start": 0.333333, "gamma/final": 1, "gamma/final/0.1": 0, "gamma/final/0.3": 0,
    }  # fmt: skip
    of_classes = {f"{name}/{key}": value for name in ("background", "foreground") for key, value in of_class.items()}
    expected = numbers | of_classes | {"test_time": "1: 0.750, 3: 0.250"}
    assert told == {f"policies/{key}": value for key, value in expected.items()}
    means = series.means([SEVERAL, {**ONE, "policies": None}])
    assert means["policies/foreground/flip/final_mean"] == 0.25
    assert not any(key.startswith("policies/") for key in series.row(ONE, []))


@pytest.mark.parametrize("granularity", ["cell", "curve"])
def test_cells_and_curves_tabulate_it_and_hold_its_means(granularity):
    records = [gd_gi_record("thorax", "nnunet", 4, seed) for seed in range(3)]
    del records[2]["run"]["learning_cpu_seconds"], records[2]["saw"]
    run = run_of("pilot", granularity, records[::-1])
    (table,) = run.tables.values()
    row = dict(zip(table.columns, table.rows[1], strict=True))
    assert row.items() >= BEFORE.items()
    seconds = [line[table.columns.index("learning_cpu_seconds")] for line in table.rows]
    assert seconds == [20.0, 30.0, None]
    assert [line[table.columns.index("learned/generator_intensity/accuracy")] for line in table.rows] == [None] * 3
    of_n = [run.summary, *run.history] if granularity == "curve" else [run.summary]
    for means in of_n:
        assert means["learned/generator_deformation/chosen_update_mean"] == pytest.approx(fmean([96, 112, 128]))
        assert means["learned/generator_deformation/magnitude_sd"] == pytest.approx(stdev([1.5, 2.5, 3.5]))
        assert means["learning_cpu_seconds_mean"] == 25.0
        assert means["saw/external images/images_mean"] == 40
        assert not [name for name in means if "artefact" in name]


@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_what_is_learned_renames_no_content(granularity):
    (old,) = seeds(1)
    new = {**old, **{name: gd_gi_record("thorax", "nnunet", 4, 0)[name] for name in ("saw", "learned", "run")}}
    assert run_of("pilot", granularity, [old]).content == run_of("pilot", granularity, [new]).content


def test_what_runs_of_one_grey_structure_hold_has_not_changed():
    run = trial_run("pilot", seeds(1)[0])
    assert FORMAT == 1  # another one sends every run of every study again
    assert {name for name in run.summary if "/" in name} == {
        f"{part}/{key}" for part in ("test", "test_last") for key in ("bce", "dice", "hd95", "bce_recalibrated")
    }


def test_ids_depend_on_study_and_key_alone():
    records = seeds(3)
    ids = [
        cell_run("pilot", records).id,
        cell_run("other", records).id,
        cell_run("pilot", seeds(3, size=8)).id,
        *(trial_run("pilot", entry).id for entry in records),
        tables_run("pilot", "fit", {}, ()).id,
        tables_run("pilot", "report", {}, ()).id,
    ]
    assert len(set(ids)) == len(ids)
    assert cell_run("pilot", records[:1]).id == ids[0] == run_id("pilot", "thorax", "nnunet", "red", 4)
    assert all(len(identity) == 16 and identity.isalnum() for identity in ids)


def test_names_too_long_for_wandb_stay_different():
    one, other = (cell_run("pilot", seeds(1, task="t" * 200 + end)) for end in "ab")
    assert max(map(len, (*one.tags, *other.tags))) == 64
    assert len(one.name) == len(one.group) == 128
    assert one.name != other.name
    assert set(one.tags) != set(other.tags)
    assert one.config["task"] == "t" * 200 + "a"


def test_a_word_that_is_study_and_task_is_one_tag():
    assert cell_run("thorax", seeds(1)).tags == ("thorax", "nnunet", "red", "n4")
