"""`segaug need` answers in labelled images, and refuses where it cannot."""

import math
import re

import pandas as pd
import pytest

from segaug.cli.main import main
from tests.synthetic import LAWS, replace_record, write_study


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    write_study(folder, seeds=10)  # 1..32, V = 16
    return folder


def shown(capsys, monkeypatch, folder, target, code=0):
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["need", str(folder), "--target", target]) == code
    found = capsys.readouterr()
    assert all(len(line) <= 80 for line in found.out.splitlines() if not line.startswith("wrote"))
    return " ".join(found.out.split()) if code == 0 else found.err


def true_need(strategy, error):
    a, b, c = LAWS[strategy]
    return ((error - c) / a) ** (-1 / b)


def test_training_and_validation_images_are_both_printed(study, capsys, monkeypatch):
    text = shown(capsys, monkeypatch, study, "bce=0.15")
    assert "labelled images for a mean test bce of 0.15 or less" in text
    written = pd.read_csv(study / "need" / "bce_0.15.csv").set_index("strategy")
    for strategy in ("baseline", "red"):
        row = written.loc[strategy]
        assert row["training"] == pytest.approx(math.ceil(true_need(strategy, 0.15)), abs=2)
        assert row["training_low"] <= true_need(strategy, 0.15) <= row["training_high"]
        numbers = [int(row[name]) for name in ("training", "training_low", "training_high")]
        n, v = "{} ({} to {})".format(*numbers), "{} ({} to {})".format(*(number + 16 for number in numbers))
        assert f"{strategy} {n} 16 {v}" in text
    assert "other patients may need more, or less" in text


def test_dice_is_a_target_from_below(study, capsys, monkeypatch):
    text = shown(capsys, monkeypatch, study, "dice=0.8")
    assert "labelled images for a mean test Dice of 0.8 or more" in text
    at_largest = float(re.search(r"(0\.8\d+) \(0\.8\d* to 0\.8\d*, N=32\)", text)[1])
    assert 0.8 < at_largest < 0.9
    assert (study / "need" / "dice_0.8.csv").is_file()


def test_a_target_below_the_floor_is_not_reachable(study, capsys, monkeypatch):
    text = shown(capsys, monkeypatch, study, "bce=0.02")
    assert "baseline never 16 never" in text
    assert "not reachable with any N if the law holds: no law that these data accept gets below 0.0" in text
    assert "gets above 0.9" in shown(capsys, monkeypatch, study, "dice=0.99")


def test_an_extrapolation_is_named(study, capsys, monkeypatch):
    text = shown(capsys, monkeypatch, study, "bce=0.095")
    assert "by extrapolation: only if the law goes on" in text
    assert "nothing is claimed beyond N=128: no law is trusted further" in shown(capsys, monkeypatch, study, "bce=0.08")


def test_without_a_claim_the_answer_is_more_than_the_largest_size(capsys, monkeypatch, tmp_path):
    write_study(tmp_path, sizes=(2, 4, 8, 16))
    text = shown(capsys, monkeypatch, tmp_path, "bce=0.08")
    assert "baseline > 16 16 > 32" in text
    assert "nothing is claimed beyond N=16: that needs at least 6 sizes over a factor of 32" in text
    assert "the law is not tested" in text


def test_a_target_that_the_smallest_size_reaches(study, capsys, monkeypatch):
    assert "baseline <= 1 16 <= 17" in shown(capsys, monkeypatch, study, "bce=3")


def test_too_few_sizes_are_interpolated_and_said_so(capsys, monkeypatch, tmp_path):
    write_study(tmp_path, sizes=(4, 16))
    text = shown(capsys, monkeypatch, tmp_path, "bce=0.2")
    assert "no law was read (needs at least 4 sizes over a factor of 8): isotonic interpolation in log-log" in text
    assert re.search(r"baseline \d+ \(4 to 16\) 16 \d+ \(20 to 32\)", text)


def test_a_curve_without_a_result_says_so(capsys, monkeypatch, tmp_path):
    store = write_study(tmp_path, sizes=(1, 2, 4, 8))
    for record in store.records():
        if record["strategy"] == "red":
            replace_record(store, record | {"status": "diverged", "test": None, "cases": None})
    text = shown(capsys, monkeypatch, tmp_path, "bce=0.2")
    assert "red ? 16 ?" in text
    assert "red: no trial converged" in text
    assert "red: 20 of 20 trials diverged and are left out" in text


def test_training_images_of_patients_are_not_added_to_images(capsys, monkeypatch, tmp_path):
    store = write_study(tmp_path)
    for record in store.records():
        replace_record(store, record | {"config": record["config"] | {"protocol": {"count": "patients"}}})
    text = shown(capsys, monkeypatch, tmp_path, "bce=0.2")
    assert "labelled patients for a mean test bce" in text
    assert "patients and images" in text


@pytest.mark.parametrize("target", ["foo", "dice=1.2", "bce=0", "dice", "dics=0.9", "validation_bce=0.1"])
def test_a_bad_target_is_one_sentence(study, capsys, monkeypatch, target):
    error = shown(capsys, monkeypatch, study, target, code=2)
    assert error.startswith("segaug: error: --target: ")
    assert error.count("\n") == 1


def test_an_unknown_study_is_one_sentence(capsys, monkeypatch, tmp_path):
    assert "is no study folder" in shown(capsys, monkeypatch, tmp_path / "nowhere", "bce=1", code=2)


def test_a_target_is_required(study):
    assert main(["need", str(study)]) == 2


def test_a_table_needs_the_same_by_its_own_word_as_by_its_error(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    errors = {(n, run): 0.8 * n**-0.5 + 0.02 + 0.001 * run for n in (4, 8, 16, 32) for run in range(3)}
    rows = [f"{n},{1 - error!r}" for (n, _), error in errors.items()]
    (tmp_path / "t.csv").write_text("\n".join(["n_train,Dice", *rows]))
    answers = []
    for target in ("dice=0.75", "error=0.25"):
        assert main(["need", "t.csv", "--target", target]) == 0
        shown = capsys.readouterr().out
        assert shown.startswith("read t.csv: 1 curve of 4 sizes, 3 repeats of each")
        name = target.replace("=", "_")
        answers.append(pd.read_csv(tmp_path / "t_need" / f"{name}.csv")["training"][0])
    assert answers[0] == answers[1] == pytest.approx((0.8 / (0.25 - 0.021)) ** 2, rel=0.2)
    assert main(["need", "t.csv", "--target", "bce=0.1"]) == 2
    assert "the table has no bce; write error=0.1 or dice=0.9" in capsys.readouterr().err
