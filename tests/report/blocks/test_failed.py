"""What fails costs its own place on the page, is told in a line, and is no success."""

import errno
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from segaug.cli.main import main
from segaug.errors import DataError
from segaug.files import write_atomic
from segaug.report import page as page_module
from segaug.report.blocks.section import Section, Text
from segaug.report.page import write_report
from segaug.report.trials import trials_section
from tests.report.test_page import Reader
from tests.synthetic import write_study


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_study(tmp_path / "small", sizes=(4, 8), seeds=2)
    return tmp_path / "small"


def raising(error: BaseException):
    def made(*_: object):
        raise error

    made.__module__ = "segaug.report.sections.broken"
    return made


class Unprintable:
    template = "nowhere.html"


def drawing(error: BaseException):
    def made(study):
        figures = {"good": lambda: Figure(figsize=(1, 1)), "bad": raising(error)}
        return Section("half", "Half a section", "Half", (Text("its words"),), figures)

    return made


def set_sections(monkeypatch, *sections):
    monkeypatch.setattr(page_module, "SECTIONS", (*sections, trials_section.section))


def test_a_section_that_raises_is_shown_as_failed_and_the_others_stand(folder, monkeypatch, capsys):
    set_sections(monkeypatch, raising(ValueError("levels must <increase>\nand more")))
    assert main(["report", str(folder)]) == 1
    read = Reader((folder / "report" / "index.html").read_text())
    assert {"broken", "trials"} <= set(read.ids)
    assert "ValueError: levels must <increase>" in read.text
    told = capsys.readouterr().err.splitlines()
    assert [line for line in told if "failed" in line] == [
        "segaug: failed: section broken: ValueError: levels must <increase> "
        f"({place_of(read)}); the rest stands"
    ]  # fmt: skip
    assert place_of(read).startswith("segaug/report/blocks/failed.py, line ")


def place_of(read: Reader) -> str:
    return next(line for line in read.text.splitlines() if ", line " in line)


def test_a_figure_that_cannot_be_drawn_keeps_its_section_and_the_other_figures(folder, monkeypatch):
    stale = folder / "report" / "figures" / "bad.png"
    write_atomic(stale, b"of an earlier report")
    set_sections(monkeypatch, drawing(ValueError("no levels")))
    written = write_report(folder)
    text = Reader(written.page.read_text()).text
    assert [failure.what for failure in written.failures] == ["figure bad"]
    assert "its words" in text
    assert "no levels" in text
    assert {path.name for path in written.figures} == {"good.png", "good.svg"}
    assert not stale.exists()


def test_a_section_that_cannot_be_put_into_words_is_a_failed_one(folder, monkeypatch):
    def odd(study):
        return Section("odd", "Odd", "Odd", (Unprintable(),))

    odd.__module__ = "segaug.report.sections.odd"
    set_sections(monkeypatch, odd)
    written = write_report(folder)
    assert [failure.what for failure in written.failures] == ["section odd"]
    assert "nowhere.html" in Reader(written.page.read_text()).text
    assert 'id="trials"' in written.page.read_text()


@pytest.mark.parametrize("made", [raising, drawing])
@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
def test_what_is_nobodys_failure_passes(folder, monkeypatch, made, error):
    monkeypatch.setattr(page_module, "SECTIONS", (made(error()),))
    with pytest.raises(error):
        write_report(folder)


@pytest.mark.parametrize("written", ["figures", "index.html"])
def test_a_full_disk_is_one_sentence(folder, monkeypatch, written):
    def full(path: Path, data: object) -> None:
        if written in str(path):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(page_module, "write_pieces", full)
    monkeypatch.setattr("segaug.report.blocks.figure_files.write_atomic", full)
    set_sections(monkeypatch, lambda study: Section("one", "One", "One", (), {"good": Figure}))
    with pytest.raises(DataError, match=r"small.*: cannot be written \(No space left on device\); make room, or copy"):
        write_report(folder)
