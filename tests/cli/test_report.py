"""`segaug report`: says where things lie; refuses in words."""

import sys
from argparse import ArgumentParser
from subprocess import run as start

import pytest

from segaug.cli.report import add_arguments, run
from segaug.errors import ConfigError, DataError
from segaug.report import page as page_module
from segaug.report.trials import trials_section
from tests.synthetic import write_study


def parse(*words: str):
    parser = ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(words)


def test_it_writes_the_report_and_says_where(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(page_module, "SECTIONS", (trials_section.section,))  # a whole page takes seconds
    write_study(tmp_path / "mine", sizes=(4, 8), seeds=2)
    assert run(parse(str(tmp_path / "mine"))) == 0
    page = tmp_path / "mine" / "report" / "index.html"
    assert page.is_file()
    assert str(page) in capsys.readouterr().out


def test_an_unknown_study_or_metric_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"no plan in it"):
        run(parse(str(tmp_path / "nothing")))
    write_study(tmp_path / "mine", sizes=(4,), seeds=1)
    with pytest.raises(ConfigError, match="--metric: no converged trial of the study has measured ce; choose from"):
        run(parse(str(tmp_path / "mine"), "--metric", "ce"))
    with pytest.raises(SystemExit):
        parse("--metric", "accuracy")


def test_importing_it_loads_nothing_heavy():
    heavy = {"torch", "matplotlib", "pandas", "jinja2"}
    assert not heavy & loaded_by("segaug.cli.report")


def test_the_report_never_loads_torch():
    assert "torch" not in loaded_by("segaug.report.page, segaug.report.pictures.preview")


def loaded_by(modules: str) -> set[str]:
    """All modules that a fresh interpreter holds after importing some."""
    command = [sys.executable, "-c", f"import sys, {modules}; print(*sys.modules)"]
    return set(start(command, capture_output=True, text=True, check=True).stdout.split())
