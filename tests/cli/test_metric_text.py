"""`--metric` of one structure, and of whole patients: fitted, compared and drawn as any other error."""

from argparse import ArgumentParser
from pathlib import Path

import pandas as pd
import pytest

from segaug.cli import compare, fit, report
from segaug.json_data import parse_json
from segaug.results.store import Store
from tests.data.small_sets import write_set
from tests.structures import write_structures_study
from tests.synthetic import replace_record
from tests.tiny import segaug_here

METRICS = {"dice_patient": "Dice per patient", "dice/myo": "Dice of myo", "dice_patient/myo": "Dice per patient of myo"}


def run(verb, folder: Path, *words: object) -> int:
    parser = ArgumentParser()
    verb.add_arguments(parser)
    return verb.run(parser.parse_args([str(folder), *map(str, words)]))


@pytest.fixture
def of_patients(tmp_path):
    """A study of three structures whose N counts patients."""
    store = write_structures_study(tmp_path, sizes=(1, 2, 4), seeds=3)
    for record in store.records():
        protocol = {**record["config"].get("protocol", {}), "count": "patients"}
        replace_record(store, {**record, "config": {**record["config"], "protocol": protocol}})
    return tmp_path


@pytest.mark.parametrize("metric", METRICS)
def test_a_structure_and_whole_patients_are_fitted_and_compared(of_patients, capsys, metric):
    assert run(fit, of_patients, "--metric", metric, "--resamples", 100) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert f"test 1 - {METRICS[metric]}" in told
    assert "labelled patients: N for training, and V = 16 images for validation" in told
    curves = pd.read_csv(of_patients / "fit/curves.csv")
    best = pd.DataFrame(
        (record["strategy"], record["size"], 1 - record["test"]["best"][metric])
        for record in Store(of_patients).records()
    )
    means = best.groupby([0, 1])[2].mean()
    fitted = curves.set_index(["strategy", "size"])["mean"]
    assert fitted.to_dict() == pytest.approx(means.to_dict())
    assert run(compare, of_patients, "--metric", metric) == 0
    assert f"test 1 - {METRICS[metric]} against baseline" in " ".join(capsys.readouterr().out.split())


@pytest.mark.slow
def test_so_they_are_of_a_study_that_was_trained(tmp_path, capsys):
    """Two structures, patients of two images each, networks chosen by the Dice of patients."""
    write_set(tmp_path / "set")
    trained = segaug_here(
        "train", "-m", "dataset=folder", "name=td", f"dataset.root={tmp_path / 'set'}", "dataset.size=16",
        "dataset.patient_pattern='^(p[0-9]+)_'", "dataset.split.min_validation=2", "dataset.structure=[myo,lv]",
        "+dataset.structures={myo: [1], lv: [2]}", "model.feature_size=2", "protocol=fixed_steps", "protocol.length=8",
        "protocol.warmup=1", "protocol.validate_every=4", "protocol.count=patients", "protocol.select=dice_patient",
        "scale.size=1,2", "seed=range(2)", "augment=baseline,red", "hydra.launcher.workers=1", cwd=tmp_path,
    )  # fmt: skip
    assert trained.returncode == 0, trained.stderr
    folder = tmp_path / "results/td"
    for record in Store(folder).records():
        assert record["test"]["best"]["dice_patient"] == pytest.approx(
            sum(record["patient_cases"]["dice_patient"]) / len(record["patient_cases"]["patients"])
        )
    for metric, words in METRICS.items():
        assert run(fit, folder, "--metric", metric, "--resamples", 100) == 0
        assert run(compare, folder, "--metric", metric) == 0
        assert words in " ".join(capsys.readouterr().out.split())
    assert run(report, folder, "--metric", "dice_patient/myo") == 0
    assert "Dice per patient of myo against N labelled training patients" in (folder / "report/index.html").read_text()
    (card,) = (folder / "cards").glob("*/card.json")
    assert list(parse_json(card.read_bytes())["structures"]) == ["myo", "lv"]
