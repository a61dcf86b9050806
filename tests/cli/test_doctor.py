import json

import pytest
from packaging.requirements import Requirement

from segaug.cli import checks
from segaug.cli import main as cli
from segaug.cli.checks import check_folder, check_package


def levels(capsys):
    assert cli.main(["doctor", "--json"]) in (0, 1)
    return {finding["subject"]: finding["level"] for finding in json.loads(capsys.readouterr().out)}


def test_this_environment_is_healthy(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SEGAUG_DATA", str(tmp_path))
    assert cli.main(["doctor"]) == 0
    shown = capsys.readouterr().out
    assert "FAIL" not in shown
    assert all(f"OK    {subject}" in shown for subject in ("python", "packages", "device", "configs", "data"))


def test_doctor_leaves_nothing_behind(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SEGAUG_CACHE", str(tmp_path / "cache"))
    levels(capsys)
    assert not list(tmp_path.iterdir())


def test_a_package_out_of_range_or_absent_is_told_with_the_command_that_mends_it():
    assert check_package(Requirement("numpy>=1")) is None
    wrong = check_package(Requirement("numpy<1"))
    assert wrong is not None
    assert (wrong.level, wrong.fix) == ("FAIL", 'pip install "numpy<1"')
    absent = check_package(Requirement("no-such-package>=3"))
    assert absent is not None
    assert "not installed" in absent.found


@pytest.mark.parametrize("name", ["lightning", "pytorch-lightning"])
def test_compromised_releases_fail(name, monkeypatch, capsys):
    real = checks.version
    monkeypatch.setattr(checks, "version", lambda asked: "2.6.3" if asked == name else real(asked))
    assert levels(capsys)["security"] == "FAIL"


def test_a_missing_data_folder_fails(monkeypatch, capsys):
    monkeypatch.setenv("SEGAUG_DATA", "/no/such/folder")
    assert cli.main(["doctor"]) == 1
    assert "fix: correct it" in capsys.readouterr().out


def test_a_folder_that_cannot_be_written_fails(tmp_path):
    blocker = tmp_path / "file"
    blocker.touch()
    assert check_folder("results", blocker / "results").level == "FAIL"
    assert check_folder("results", tmp_path / "a" / "b").level == "OK"


def test_low_disk_is_told(tmp_path, monkeypatch):
    for free, level in ((0.5e9, "FAIL"), (5e9, "WARN"), (50e9, "OK")):
        monkeypatch.setattr(checks.shutil, "disk_usage", lambda path, free=free: type("Usage", (), {"free": free}))
        assert check_folder("cache", tmp_path).level == level


@pytest.mark.skipif(not hasattr(checks.os, "getloadavg"), reason="no load average here")
def test_a_busy_machine_is_told(monkeypatch, capsys):
    for load, level in ((0.0, "OK"), (1e4, "WARN")):
        monkeypatch.setattr(checks.os, "getloadavg", lambda load=load: (load, 0.0, 0.0))
        assert levels(capsys)["cores"] == level
