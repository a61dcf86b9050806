"""Names in files of others are text on the terminal, whatever prints them."""

import sys

import pytest
from rich.console import Console

from segaug.cli.main import main
from segaug.cli.terminal import printing_text
from segaug.errors import DataError
from tests.cli.test_main import verb

TITLE = "\x1b]0;owned\x07"


@pytest.fixture
def table(tmp_path):
    rows = (f"{TITLE}red,{size},{seed},{size**-0.5 + 0.01 * seed}" for size in (2, 4, 8, 16) for seed in range(3))
    path = tmp_path / "table.csv"
    path.write_text("\n".join(["curve,N,seed,error", *rows]))
    return path


def test_a_name_from_a_table_commands_no_terminal(table, capsys):
    assert main(["fit", str(table)]) == 0
    shown = capsys.readouterr().out
    assert "␛]0;owned" in shown
    assert "\x1b" not in shown


def test_nor_does_the_message_of_an_error(monkeypatch, capsys):
    def run(args):
        print(TITLE, file=sys.stderr)
        raise DataError(file=TITLE, problem="is odd", fix="mend it")

    verb(monkeypatch, "fit", run)
    assert main(["fit"]) == 2
    assert capsys.readouterr().err == "␛]0;owned␇\nsegaug: error: ␛]0;owned␇: is odd; mend it\n"


def test_colours_of_tables_stay_and_those_of_names_are_text_where_there_are_none(capsys, monkeypatch):
    with printing_text(["fit"]):
        print("\x1b[31mname")
    assert capsys.readouterr().out == "␛[31mname\n"
    monkeypatch.setenv("FORCE_COLOR", "1")
    with printing_text(["fit"]):
        Console(force_terminal=True, color_system="standard").print("[red]bad[/]")
    assert "\x1b[31mbad\x1b[0m" in capsys.readouterr().out


def test_what_redraws_itself_is_left_alone(capsys):
    for arguments in (["train", "seed=1"], ["status", "--watch"]):
        with printing_text(arguments):
            print("\x1b[2J")
        assert capsys.readouterr().out == "\x1b[2J\n"
    with printing_text(["status"]):
        print("\x1b[2J")
    assert capsys.readouterr().out == "␛[2J\n"
