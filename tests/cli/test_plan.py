"""`segaug plan power` prints forecasts, costs and warnings, and explains bad input."""

import re
import subprocess
import sys

import pandas as pd
import pytest

from segaug.cli.main import main
from tests.synthetic import write_study


@pytest.fixture(scope="module")
def pilot(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pilot")
    write_study(folder, noise=0.15)  # 1..32, 5 seeds, baseline and red
    return folder


def shown(capsys, *words, code=0):
    assert main(["plan", "power", *map(str, words)]) == code
    return capsys.readouterr()


def test_a_pilot_gives_forecasts_costs_and_seeds(pilot, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    text = shown(capsys, "--pilot", pilot, "--sizes", "1..32", "1..128", "--seeds", "5,20").out
    assert "phantom_thorax, nnunet, baseline: bce = " in text
    assert "nnunet, red: bce" not in text
    rows = [line.split() for line in text.splitlines() if re.match(r" +1\.\.\d+ ", line)]
    assert [row[0] for row in rows[:2]] == ["1..32", "1..128"]
    assert [row[0] for row in rows[2:4]] == ["1..32", "1..128"]  # their verdicts
    ranked = {(row[0], row[1]): row for row in rows[4:]}
    assert ranked["1..32", "5"][4] == "0"  # the pilot has these trials
    assert ranked["1..128", "5"][4:7] == [str(2 * 2 * 5), "0.1", "128"]  # 20.9 s each
    assert "more sizes: 1..128 with 5 seeds" in text
    assert "come on top: 16 (phantom_thorax)" in text
    assert "phantom_thorax has 80 images to draw from: a larger N needs new ones" in text
    assert "5 seeds: fewer than the 10 recommended" in text
    assert max(len(line) for line in text.splitlines() if str(pilot) not in line) <= 80


def test_every_curve_is_written_and_shown_on_demand(pilot, capsys):
    assert "nnunet, red: bce = " in shown(capsys, "--pilot", pilot, "--seeds", "5", "--all-curves").out
    written = pd.read_csv(pilot / "power" / "bce.csv")
    assert set(written["strategy"]) == {"baseline", "red"}


def test_a_budget_leaves_out_what_is_dearer(pilot, capsys):
    text = shown(capsys, "--pilot", pilot, "--sizes", "1..32", "--seeds", "5,20", "--budget", "0.5").out
    assert "1 of 2 designs are within 0.5 hours" in text
    text = shown(capsys, "--pilot", pilot, "--sizes", "1..32", "--seeds", "20", "--budget", "0.5").out
    assert "no design is within 0.5 hours: the cheapest takes 1.0" in text


def test_another_metric_is_planned_for(pilot, capsys):
    text = shown(capsys, "--pilot", pilot, "--metric", "1-dice", "--seeds", "5").out
    assert "baseline: 1-dice = " in text
    assert (pilot / "power" / "1-dice.csv").is_file()


def test_a_law_needs_no_pilot(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    # phi = 0.5 at N = 64, and E(64) = 0.1: of 20 seeds, 16 % of simulated studies print "identified"
    text = shown(capsys, "--law", "0.4,0.5,0.05", "--sizes", "8..64", "8..256").out
    first = text.partition("chance of each verdict")[2].partition("8..256")[0]
    chances = [int(found) for found in re.findall(r"\d+ +(\d+) +\d+ +\d+ *\n", first)]
    assert chances == sorted(chances)
    assert len(chances) == 4
    assert 8 < chances[2] < 24
    assert "assumed law: bce = 0.4 N^-0.5 + 0.05, a trial varies by 17% at N=8, 6% at N=256" in " ".join(text.split())
    assert "hours" not in text
    assert "r = 0.5 assumed" in text
    assert max(len(line) for line in text.splitlines() if str(pilot) not in line) <= 80


def test_the_spread_can_be_given(capsys):
    text = shown(capsys, "--law", "0.4,0.5,0.05", "--cv", "0.15", "--sizes", "8..64", "--seeds", "10").out
    assert "15% at N=8" in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--pilot", "nowhere"), "nowhere: is no study folder"),
        (("--law", "1,2"), "--law: got '1,2'"),
        (("--law", "1,1,1", "--budget", "3"), "--budget: is for --pilot"),
        (("--law", "1,1,1", "--seeds", "1"), "seeds: got 1; plan 2 or more"),
        (("--law", "1,1,1", "--sizes", "1,2"), "sizes: got 1,2"),
    ],
)
def test_bad_input_is_one_sentence(capsys, words, message):
    error = shown(capsys, *words, code=2).err
    assert message in error
    assert error.count("\n") == 1


def test_bad_input_about_a_pilot(pilot, capsys, tmp_path):
    assert "--cv: is for --law" in shown(capsys, "--pilot", pilot, "--cv", "0.1", code=2).err
    assert "no strategy 'rde'" in shown(capsys, "--pilot", pilot, "--baseline", "rde", code=2).err
    write_study(tmp_path, sizes=(1, 2))
    assert "has no curve to plan on" in shown(capsys, "--pilot", tmp_path, code=2).err


@pytest.mark.parametrize("words", [(), ("--law", "1,1,1", "--pilot", "x")])
def test_exactly_one_basis_is_needed(words):
    assert main(["plan", "power", *words]) == 2


@pytest.mark.parametrize("metric", ["bce", "bce_recalibrated", "1-dice", "hd95", "validation_bce"])
def test_every_metric_is_a_choice(tmp_path, metric, capsys):
    assert main(["plan", "power", "--pilot", str(tmp_path / "nowhere"), "--metric", metric]) == 2
    assert "no study folder" in capsys.readouterr().err


def test_importing_the_command_loads_nothing_heavy():
    heavy = ("numpy", "pandas", "scipy", "rich", "torch")
    script = (
        "import sys, argparse, segaug.cli.plan as plan; plan.add_arguments(argparse.ArgumentParser());"
        f"print([m for m in {heavy} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
