"""`segaug fit` prints a table, writes files, and explains bad input."""

import json
import subprocess
import sys
from argparse import ArgumentParser

import pandas as pd
import pytest

from segaug.analysis.bootstrap import RESAMPLES
from segaug.cli.fit import add_arguments, run
from segaug.errors import DataError
from segaug.results.store import Store
from tests.synthetic import write_study


def parse(*words):
    parser = ArgumentParser()
    add_arguments(parser)
    return parser.parse_args([str(word) for word in words])


def fit(folder, *options):
    return run(parse(folder, "--resamples", 100, *options))


def test_prints_the_laws_and_the_state_of_the_study(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "150")
    store = write_study(tmp_path)
    plan = store.plan()
    plan["trials"] += [{"id": "lost"}, {"id": "broken"}]
    store.write_plan(plan)
    store.write_failure({"schema": 1, "id": "broken", "error": "out of memory"})
    assert fit(tmp_path) == 0
    text = capsys.readouterr().out
    for expected in ("phantom_thorax, nnunet", "baseline", "red", "N 1-32, 5 seeds", "(N=8)", "(N=32)"):
        assert expected in text
    assert "V = 16 validation labels" in text
    assert "trials: 60 ok, 0 diverged, 1 failed, 1 missing" in text


@pytest.mark.parametrize("width", ["60", "80", "150"])
def test_no_number_is_cut_short(tmp_path, capsys, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", width)
    write_study(tmp_path)
    fit(tmp_path)
    assert "…" not in capsys.readouterr().out


def test_writes_the_same_bytes_each_time(tmp_path, capsys):
    write_study(tmp_path)
    fit(tmp_path)
    first = {path.name: path.read_bytes() for path in (tmp_path / "fit").iterdir()}
    fit(tmp_path)
    assert sorted(first) == [
        "curves.csv", "curves.parquet", "fits.csv", "fits.json", "fits.parquet", "trials.csv", "trials.parquet",
    ]  # fmt: skip
    for name in ("curves.csv", "fits.csv", "fits.json", "trials.csv"):
        assert (tmp_path / "fit" / name).read_bytes() == first[name]
    assert len(json.loads(first["fits.json"])["curves"]) == 2
    assert len(pd.read_parquet(tmp_path / "fit" / "trials.parquet")) == 60


def test_metric_is_used(tmp_path, capsys):
    write_study(tmp_path)
    fit(tmp_path, "--metric", "1-dice")
    assert pd.read_csv(tmp_path / "fit" / "fits.csv")["metric"].tolist() == ["1-dice", "1-dice"]
    assert "1-dice" in capsys.readouterr().out


def test_curves_without_fit_and_without_intervals_are_explained(tmp_path, capsys):
    write_study(tmp_path / "short", sizes=(1, 2))
    write_study(tmp_path / "single", seeds=1)
    fit(tmp_path / "short")
    assert "2 of at least 4 sizes: no fit" in capsys.readouterr().out
    fit(tmp_path / "single")
    assert "one seed: no intervals" in capsys.readouterr().out


def test_bad_input_is_explained(tmp_path):
    with pytest.raises(DataError, match="no study folder"):
        fit(tmp_path / "nowhere")
    Store(tmp_path).write_plan({"schema": 1, "trials": [], "skipped": []})
    with pytest.raises(DataError, match="no finished trial"):
        fit(tmp_path)
    store = write_study(tmp_path)
    path = store.record_path(store.records()[0]["id"])
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(DataError, match=str(path)):
        fit(tmp_path)


def test_unknown_metric_is_refused(capsys):
    with pytest.raises(SystemExit) as refusal:
        parse("--metric", "accuracy")
    assert refusal.value.code == 2
    assert "bce_recalibrated" in capsys.readouterr().err


def test_default_resamples_are_those_of_the_analysis():
    assert parse().resamples == RESAMPLES


def test_importing_the_command_loads_nothing_heavy():
    heavy = ("numpy", "pandas", "scipy", "rich", "torch")
    script = f"import sys, segaug.cli.fit; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
