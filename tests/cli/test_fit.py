"""`segaug fit` prints what may be said, writes files, and explains bad input."""

import json
import re
import subprocess
import sys
from argparse import ArgumentParser

import numpy as np
import pandas as pd
import pytest

from segaug.analysis.interval import RESAMPLES
from segaug.cli.fit import add_arguments, run
from segaug.errors import ConfigError, DataError
from segaug.results.json_file import sealed
from segaug.results.store import Store
from tests.analysis.simulated import DESIGNS, trials
from tests.scored_ways import write_scored
from tests.synthetic import plan_anew, replace_record, write_study


def parse(*words):
    parser = ArgumentParser()
    add_arguments(parser)
    return parser.parse_args([str(word) for word in words])


def fit(folder, *options):
    return run(parse(folder, "--resamples", 100, *options))


def write_table(path, sizes=DESIGNS["1..512"], curve="ours", seeds=20, **law):
    values = trials(np.random.default_rng(0), sizes, seeds=seeds, **{"b": 0.5, "floor_share": 0.5} | law)
    rows = [(curve, int(n), seed, values[seed, i]) for i, n in enumerate(sizes) for seed in range(seeds)]
    pd.DataFrame(rows, columns=["curve", "N", "seed", "error"]).to_csv(path, index=False)
    return path


def test_prints_what_may_be_said_and_the_state_of_the_study(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    store = write_study(tmp_path)
    cell = {"task": "phantom_thorax", "model": "nnunet", "strategy": "red", "size": 32}
    plan = store.plan()
    plan["trials"] += [{"id": "lost", "seed": 7, **cell}, {"id": "broken", "seed": 8, **cell}]
    plan_anew(store, plan)
    store.write_failure({"schema": 1, "id": "broken", "seed": 8, **cell, "error": "out of memory"})
    assert fit(tmp_path) == 0
    text = capsys.readouterr().out
    for expected in (
        "phantom_thorax, nnunet: test BCE", "V = 16 for validation", "N 1–32, 5 seeds", "E, N = 8", "E, N = 32",
        "E, N = 64", "E, N = 128", "as published", "floor", "red: failed: N=32 seed 8",
    ):  # fmt: skip
        assert expected in text
    assert "trials: 60 ok, 0 diverged, 1 failed, 1 missing" in text


@pytest.mark.parametrize("width", ["60", "80", "150"])
def test_no_number_is_cut_short(tmp_path, capsys, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", width)
    write_study(tmp_path)
    fit(tmp_path)
    assert "…" not in capsys.readouterr().out


def test_eighty_columns_hold_every_row(tmp_path, capsys, monkeypatch):
    """A number and its interval stay on one line each."""
    monkeypatch.setenv("COLUMNS", "80")
    write_study(tmp_path)
    fit(tmp_path)
    lines = capsys.readouterr().out.splitlines()
    assert max(len(line) for line in lines if not line.startswith("wrote")) <= 80
    row = next(i for i, line in enumerate(lines) if line.startswith(" baseline"))
    number = r"\d[\d.e-]*"
    assert re.fullmatch(rf" baseline( +{number}){{4}} *", lines[row])
    assert re.fullmatch(rf"( +{number}–>?{number}){{4}} *", lines[row + 1])
    assert re.fullmatch(rf"( +\({number}–{number}\)){{2}} *", lines[row + 2])


def test_a_floor_is_stated_in_words(tmp_path, capsys):
    fit(write_table(tmp_path / "errors.csv"))
    assert re.search(r"ours: if the law holds, the floor is between 0\.0\d+ and 0\.0\d+", capsys.readouterr().out)
    fit(write_table(tmp_path / "errors.csv", floor_share=0.0))
    assert "ours: a floor is not needed; if there is one it is below" in capsys.readouterr().out


def test_what_is_not_claimed_says_why(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    fit(write_table(tmp_path / "errors.csv", sizes=DESIGNS["8..64"]))
    text = capsys.readouterr().out
    assert "nothing of this is claimed" in text
    assert "not claimed without at least 6 sizes over a factor of 32\n" in re.sub(" +\n", "\n", text)
    assert "≤ " in text, "a floor that may be 0 is an upper bound"
    fit(write_table(tmp_path / "errors.csv"))
    assert "not claimed" not in capsys.readouterr().out


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
    assert "1 - Dice" in capsys.readouterr().out


def test_all_metrics_side_by_side(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    store = write_study(tmp_path)
    for trial in store.records():
        if trial["strategy"] == "red":  # the better one by BCE gets the worse outlines
            means, factor = trial["test"]["best"], 1 + 0.01 * trial["seed"]
            means = {name: factor * means[name] for name in ("bce", "bce_recalibrated", "hd95")} | {"dice": 0.3}
            replace_record(store, {**trial, "test": {**trial["test"], "best": means}})
    fit(tmp_path, "--metric", "all")
    text = capsys.readouterr().out
    assert re.search(r"red +0\.\d+ \(1\) +0\.\d+ \(1\) +0\.\d+ \(2\) +0\.\d+ \(1\)", text)
    assert re.search(r"baseline +red +worse +worse +better +worse +contradiction", text)
    assert sorted(set(pd.read_csv(tmp_path / "fit" / "fits.csv")["metric"])) == [
        "1-dice",
        "bce",
        "bce_recalibrated",
        "hd95",
    ]
    assert len(pd.read_csv(tmp_path / "fit" / "trials.csv")) == 60


def test_a_table_from_elsewhere(tmp_path, capsys):
    table = write_table(tmp_path / "errors.csv")
    assert fit(table, "--nested") == 0
    assert "ours" in capsys.readouterr().out
    (curve,) = json.loads((tmp_path / "errors_fit" / "fits.json").read_bytes())["curves"]
    assert (curve["metric"], curve["seed_policy"]) == ("error", "nested")
    with pytest.raises(ConfigError, match="--metric: is of studies"):
        fit(table, "--metric", "bce")
    table.write_text("curve,N,seed,error\nours,4,0,-1\n")
    with pytest.raises(DataError, match=r"errors.csv, line 2, column error"):
        fit(table)


def test_other_forms_on_request(tmp_path, capsys):
    fit(write_table(tmp_path / "errors.csv", seeds=5), "--forms")
    text = capsys.readouterr().out
    for form in ("constant", "logarithm", "exponential with floor", "power law with one break", "M4"):
        assert form in text
    fit(tmp_path / "errors.csv")
    assert "logarithm" not in capsys.readouterr().out


def test_curves_without_law_and_without_intervals_are_explained(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    write_study(tmp_path / "short", sizes=(1, 2))
    write_study(tmp_path / "single", seeds=1)
    fit(tmp_path / "short")
    assert "baseline, red: 2 of at least 3 sizes: no law" in capsys.readouterr().out
    fit(tmp_path / "single")
    text = capsys.readouterr().out
    assert "one seed" in text
    assert "(provisional)" in text


def test_bad_input_is_explained(tmp_path):
    with pytest.raises(DataError, match="no study folder"):
        fit(tmp_path / "nowhere")
    with pytest.raises(ConfigError, match="--nested: is of tables"):
        fit(tmp_path, "--nested")
    Store(tmp_path).add_plan({"schema": 1, "trials": [], "skipped": []})
    with pytest.raises(DataError, match="no finished trial"):
        fit(tmp_path)
    write_study(tmp_path)
    with pytest.raises(ConfigError, match="resamples: got 5"):
        run(parse(tmp_path, "--resamples", 5))


def test_senseless_records_are_named_and_change_no_fit(tmp_path, caplog):
    """All is as if they were not there."""
    without, among = (write_study(tmp_path / name, sizes=(1, 4, 16), seeds=3) for name in ("without", "among"))
    senseless = [{"size": 10**20}, {"size": 4.5}, {"size": -4}, {"seed": True}, {"task": "a\n"}, {"status": "fine"}]
    for trial, change in zip(among.records()[::3], senseless, strict=True):
        among.record_path(trial["id"]).write_bytes(sealed(trial | change))
        without.record_path(trial["id"]).unlink()
    for store in (without, among):
        assert fit(store.folder) == 0
    for name in ("fits.csv", "curves.csv", "trials.csv"):
        assert (without.folder / "fit" / name).read_bytes() == (among.folder / "fit" / name).read_bytes()
    told = [line for line in caplog.messages if "left out" in line]
    assert len(told) == 6
    assert sum("is no valid record (" in line for line in told) == 5
    assert "and 1 more" in told[-1]


def test_unknown_metric_is_refused(capsys):
    for metric, said in (
        ("accuracy", "'accuracy' is unknown; choose from bce, ce, bce_recalibrated"),
        ("dise", "did you mean dice?"),
        ("bce/rv", "'bce/rv' names no structure that bce has; use bce"),
        ("1-bce", "'1-bce' is unknown"),
    ):
        with pytest.raises(SystemExit) as refusal:
            parse("--metric", metric)
        assert refusal.value.code == 2
        assert said in capsys.readouterr().err


def test_default_resamples_are_those_of_the_analysis():
    assert parse().resamples == RESAMPLES


def test_importing_the_command_loads_nothing_heavy():
    heavy = ("numpy", "pandas", "scipy", "rich", "torch")
    script = f"import sys, segaug.cli.fit; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_each_trial_is_told_once_whatever_the_ways_of_predicting(tmp_path, capsys):
    store = write_scored(tmp_path / "study", sizes=(1, 4, 16), seeds=2)
    assert fit(store.folder) == 0
    told = capsys.readouterr().out
    assert "trials: 12 ok, 0 diverged, 0 failed, 0 missing" in told
    assert "red+learned" in told
