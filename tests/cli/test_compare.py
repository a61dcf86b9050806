"""`segaug compare` prints paired differences and writes them."""

import pandas as pd

from segaug.cli.main import main
from tests.synthetic import write_study


def test_prints_and_writes_a_row_for_each_strategy_and_size(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "150")
    write_study(tmp_path)
    assert main(["compare", str(tmp_path), "--metric", "1-dice"]) == 0
    shown = capsys.readouterr().out
    assert "phantom_thorax, nnunet: test 1-dice against baseline" in shown
    written = pd.read_csv(tmp_path / "compare" / "1-dice_against_baseline.csv")
    assert set(written["strategy"]) == {"red"}
    rows = [line.split() for line in shown.splitlines() if line.strip().startswith("red ")]
    assert [[int(row[1]), int(row[2])] for row in rows] == written[["size", "pairs"]].to_numpy().tolist()
    assert [float(row[5]) for row in rows] == written["difference"].round(4).tolist()


def test_an_unknown_baseline_is_one_line(tmp_path, capsys):
    write_study(tmp_path)
    assert main(["compare", str(tmp_path), "--baseline", "basline"]) == 2
    assert "has no strategy 'basline'; use --baseline with one of: baseline, red" in capsys.readouterr().err
