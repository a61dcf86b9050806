"""`segaug prepare` as a user types it."""

import pytest

from segaug.cli.main import main
from tests.tiny import TINY, segaug_here

pytestmark = pytest.mark.usefixtures("tiny_cache")


def test_it_makes_what_a_sweep_needs_and_trains_nothing(tmp_path):
    sweep = ["-m", *TINY, "augment=baseline,regda", "augment.p=1", "dataset.split.max_external=4", "scale=n1", "seed=0"]
    first = segaug_here("prepare", *sweep, cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    assert "for 2 trials" in first.stdout
    assert f"failed; they lie in {tmp_path / 'cache' / 'artefacts'}" in first.stdout
    assert not list(tmp_path.rglob("record.json")) + list(tmp_path.rglob("plan"))
    trained = segaug_here("train", *sweep, cwd=tmp_path)
    assert "2 trials done, 0 failed" in trained.stdout
    assert "preparing" not in trained.stdout


def test_one_trial_that_learns_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SEGAUG_CACHE", str(tmp_path / "cache"))
    assert main(["prepare", *TINY]) == 0
    assert "nothing to prepare: the strategies of these 1 trials learn nothing" in capsys.readouterr().out


def test_a_mistake_is_answered_in_one_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SEGAUG_CACHE", str(tmp_path / "cache"))
    (tmp_path / "cache" / "artefacts").write_text("a file where a folder has to be")
    for mistake, answer in (
        (["augment=rgda"], "there is no 'rgda'; did you mean 'regda'?"),
        (["augment=regda", "dataset.split.max_external=0"], "augment.external"),
        (["augment=regda", "augment.external=3"], "cannot be written"),
    ):
        assert main(["prepare", *TINY, *mistake]) in (1, 2)
        assert answer in capsys.readouterr().err


def test_help_tells_what_it_is_for(capsys):
    assert main(["prepare", "--help"]) == 0
    shown = capsys.readouterr().out
    assert "segaug prepare study=topology_aware" in shown
    assert "augment   adversarial, augpaint" in shown
