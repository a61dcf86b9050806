"""Names in files of others are text on the terminal, whatever prints them, and are refused where they are none."""

import sys

import pytest
from rich.console import Console

from segaug.cli.main import main
from segaug.errors import DataError
from segaug.terminal import console, printing_text, tell_error
from tests.cli.test_main import verb

TITLE = "\x1b]0;owned\x07"


@pytest.fixture
def table(tmp_path):
    def written(name: str, stem: str = "table"):
        rows = (f"{name},{size},{seed},{size**-0.5 + 0.01 * seed}" for size in (2, 4, 8, 16) for seed in range(3))
        path = tmp_path / f"{stem}.csv"
        path.write_text("\n".join(["curve,N,seed,error", *rows]))
        return str(path)

    return written


def test_a_name_from_a_table_commands_no_terminal(table, capsys):
    assert main(["fit", table(f"{TITLE}red")]) == 2
    told = capsys.readouterr().err
    assert "line 2, column curve: holds a control character, or a name in several lines; write a plain name" in told
    assert main(["fit", table(f'"red{chr(10)}wine"')]) == 2
    assert "column curve: holds a control character" in capsys.readouterr().err


def test_nor_does_the_name_of_a_table(tmp_path, capsys):
    path = tmp_path / f"{TITLE}.csv"
    path.write_text("N,error\n2,0.5\n4,0.4\n")
    assert main(["fit", str(path)]) == 2
    told = capsys.readouterr().err
    assert "␛]0;owned␇.csv: has a control character in its name" in told
    assert "\x1b" not in told


def test_nor_does_the_message_of_an_error(monkeypatch, capsys):
    def run(args):
        print(TITLE, file=sys.stderr)
        raise DataError(file=TITLE, problem="is odd", fix="mend it")

    verb(monkeypatch, "fit", run)
    assert main(["fit"]) == 2
    assert capsys.readouterr().err == "␛]0;owned␇\nsegaug: error: ␛]0;owned␇: is odd; mend it\n"


def test_nor_does_an_error_that_nobody_expected(capsys):
    try:
        raise ValueError(TITLE)
    except ValueError as error:
        tell_error(type(error), error, error.__traceback__)
    assert "ValueError: ␛]0;owned␇\n" in (told := capsys.readouterr().err)
    assert "\x1b" not in told


def test_colours_of_tables_stay_and_those_of_names_are_text_where_there_are_none(capsys, monkeypatch):
    with printing_text():
        print("\x1b[31mname")
    assert capsys.readouterr().out == "␛[31mname\n"
    monkeypatch.setenv("FORCE_COLOR", "1")
    with printing_text():
        Console(force_terminal=True, color_system="standard").print("[red]bad[/]")
    assert "\x1b[31mbad\x1b[0m" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["train", "seed=1"], ["prepare"], ["submit"], ["status", "--watch"], ["sync"]])
def test_a_verb_that_redraws_itself_does_so_by_its_console_alone(monkeypatch, capsys, words):
    def run(args):
        print(f"printed {TITLE}", file=sys.stderr)
        sys.stdout.writelines([f"lines {TITLE}\n"])
        console().print(f"told {TITLE}", markup=False)
        return 0

    verb(monkeypatch, words[0], run, ("--watch", {"action": "store_true"}))
    assert main(words) == 0
    assert "".join(capsys.readouterr()).splitlines() == [
        "lines ␛]0;owned␇",
        "told ␛]0;owned",  # rich itself leaves bells out
        "printed ␛]0;owned␇",
    ]
