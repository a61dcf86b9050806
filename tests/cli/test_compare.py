"""`segaug compare` prints what can be said, within 80 columns, and writes it."""

import json
import re
import shutil

import numpy as np
import pandas as pd
import pytest

from segaug.cli.main import main
from segaug.results.store import Store
from tests import synthetic
from tests.analysis.comparison.test_compare import frame
from tests.synthetic import replace_record

LONG = "genda(train_on=subset_and_external)"
MORE = ["labelled subset", "external images"]


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """Four seeds and six sizes of a baseline, of red, and of a strategy with a long name that saw more."""
    laws = synthetic.LAWS | {LONG: (0.5, 0.6, 0.01)}
    folder = tmp_path_factory.mktemp("study")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(synthetic, "LAWS", laws)
        store = synthetic.write_study(folder, seeds=4)
    for record in store.records():
        noise = 1 + 0.02 * ((record["size"] * 7 + record["seed"] * 5 + len(record["strategy"])) % 11 - 5) / 5
        best = {name: value * noise for name, value in record["test"]["best"].items()}
        sees = MORE if record["strategy"] == LONG else record["sees"]
        replace_record(store, record | {"sees": sees, "test": record["test"] | {"best": best}})
    return folder


@pytest.fixture
def study(template, tmp_path):
    """A copy of it to write into."""
    return Store(shutil.copytree(template, tmp_path / "study"))


def shown(capsys, *arguments):
    assert main(["compare", *map(str, arguments)]) == 0
    return capsys.readouterr().out


def rewrite(store, change):
    for record in store.records():
        replace_record(store, change(record))


def test_every_line_fits_80_columns_and_no_name_is_broken(study, capsys):
    out = shown(capsys, study.folder)
    block = out[: out.index("\nwrote")]
    assert max(map(len, block.splitlines())) <= 80
    assert block.count(LONG) >= 8
    assert not re.search(r"\[[^\]]*\n", block)  # nor an interval


def test_prints_and_writes_a_row_for_each_strategy_and_size(study, capsys):
    out = shown(capsys, study.folder, "--metric", "1-dice")
    assert "phantom_thorax, nnunet: test 1 - Dice against baseline" in out
    written = pd.read_csv(study.folder / "compare" / "1-dice_against_baseline.csv")
    assert written["strategy"].tolist() == [LONG] * 6 + ["red"] * 6
    rows = np.array([line.split()[:3] for line in out.splitlines() if re.match(r" *\d+ +4 ", line)], dtype=float)
    assert rows == pytest.approx(written[["size", "pairs", "ratio"]].to_numpy(), abs=6e-3)
    overall = pd.read_csv(study.folder / "compare" / "1-dice_against_baseline_overall.csv")
    assert overall["strategy"].tolist() == [LONG, "red"]


def test_says_what_data_a_strategy_is_worth_and_what_it_saw(study, capsys):
    out = shown(capsys, study.folder)
    assert re.search(r"red at N = 4 is worth 1\.\dx \[1\.\d, 1\.\d\] the data of baseline", out)
    assert f"{LONG} (saw more data than baseline)" in out
    assert "  labelled subset: baseline, red\n" in out
    assert f"  external images, labelled subset: {LONG}\n" in out


def test_the_json_says_the_same(study, capsys):
    shown(capsys, study.folder)
    value = json.loads((study.folder / "compare" / "bce_against_baseline.json").read_text())
    assert [one["strategy"] for one in value["comparisons"]] == [LONG, "red"]
    assert value["comparisons"][0]["sees"] == "external images, labelled subset"


def test_diverged_trials_are_named(study, capsys):
    lost = {"status": "diverged", "test": None, "cases": None}
    rewrite(study, lambda record: record | lost if record["id"].endswith("-red-1-0") else record)
    out = shown(capsys, study.folder)
    assert "diverged in 1 of 24 pairs, baseline in 0 (McNemar p = 1)" in " ".join(out.split())


def test_a_task_without_the_baseline_is_named(tmp_path, capsys):
    store = synthetic.write_study(tmp_path, tasks=("phantom_thorax", "other"), sizes=(1, 2), seeds=3)
    for record in store.records():
        if (record["task"], record["strategy"]) == ("other", "baseline"):
            store.record_path(record["id"]).unlink()
    assert "other/nnunet/red: not compared" in shown(capsys, tmp_path)


def test_one_seed_is_shown_without_intervals(tmp_path, capsys):
    synthetic.write_study(tmp_path, seeds=1)
    out = shown(capsys, tmp_path)
    assert "one pair a size: no intervals, no tests" in out
    assert "[" not in out.split("wrote")[0].replace("[nats per pixel]", "")


def test_a_table_from_elsewhere(tmp_path, capsys):
    frame({"plain": 1, "new": 0.8}, sizes=(4, 8, 16)).to_csv(tmp_path / "mine.csv", index=False)
    out = shown(capsys, tmp_path / "mine.csv", "--baseline", "plain")
    assert "thorax: error against plain" in out
    assert "by interpolation between sizes" in out
    assert (tmp_path / "mine_compare" / "error_against_plain.csv").is_file()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--baseline", "basline"], "has no strategy 'basline'; use --baseline with one of: baseline, genda"),
        (["--nested"], "--nested: is of tables"),
    ],
)
def test_what_the_user_can_mend_is_one_line(study, capsys, arguments, words):
    assert main(["compare", str(study.folder), *arguments]) == 2
    err = capsys.readouterr().err
    assert words in err
    assert err.count("\n") == 1


def test_mixed_protocols_are_refused(study, capsys):
    rewrite(study, lambda record: record | ({"protocol_hash": "q"} if record["strategy"] == "red" else {}))
    assert main(["compare", str(study.folder)]) == 2
    assert "another protocol_hash for phantom_thorax/nnunet/red" in capsys.readouterr().err


def test_a_metric_is_of_studies(tmp_path, capsys):
    assert main(["compare", str(tmp_path / "mine.csv"), "--metric", "bce"]) == 2
    assert "--metric: is of studies" in capsys.readouterr().err


@pytest.mark.parametrize("metric", ["bce", "bce_recalibrated", "1-dice", "hd95", "validation_bce"])
def test_every_metric_is_a_choice(tmp_path, metric, capsys):
    assert main(["compare", str(tmp_path / "nowhere"), "--metric", metric]) == 2
    assert "no study folder" in capsys.readouterr().err
