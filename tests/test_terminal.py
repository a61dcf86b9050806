"""Nothing that a user did not ask for ends up in what is printed: no escape codes, no cut numbers, no tracebacks."""

import io
import os
import pty
import sys

import pytest
from rich.progress import Progress

from segaug.cli.names import Names
from segaug.terminal import console, printing_text, wrapped

ESCAPE = "\x1b"
CLEAR = "\x1b[2J"  # empties the screen


def shown_on_a_terminal(monkeypatch, **environment):
    """What a line and a bar send to a terminal."""
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"TERM": "xterm", **environment}.items():
        monkeypatch.setenv(name, value)
    master, slave = pty.openpty()
    with os.fdopen(slave, "w") as terminal:
        monkeypatch.setattr(sys, "stdout", terminal)
        with printing_text():
            screen = console()
            screen.print("[bold red]red[/]")
            with Progress(console=screen, disable=not screen.is_terminal) as bar:
                bar.add_task(f"work {CLEAR}", total=1)
                print(f"beside {CLEAR}")
    os.set_blocking(master, False)
    return os.read(master, 100_000).decode()


def test_no_color_means_no_escape_code(monkeypatch):
    assert ESCAPE in shown_on_a_terminal(monkeypatch)
    plain = shown_on_a_terminal(monkeypatch, NO_COLOR="1")
    assert plain.splitlines()[0] == "red"
    assert ESCAPE not in plain


def test_a_bar_moves_the_cursor_and_what_it_names_does_not(monkeypatch):
    shown = shown_on_a_terminal(monkeypatch)
    assert "\x1b[?25l" in shown, "the bar hides the cursor"
    assert "work ␛[2" in shown
    assert "beside" in shown
    assert CLEAR not in shown


def test_a_pipe_gets_no_escape_code_and_tables_that_are_not_folded(monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert (console().width, console(wide=True).width) == (80, 200)
    console(wide=True).print("[bold]x[/]" * 150)
    assert sys.stdout.getvalue() == "x" * 150 + "\n"
    monkeypatch.setenv("COLUMNS", "60")
    assert (console().width, console(wide=True).width) == (60, 60)
    assert max(map(len, wrapped("word " * 100))) <= 60


def test_a_pipe_that_nobody_reads_is_left_to_the_command(monkeypatch):
    class Closed(io.StringIO):
        def write(self, text):
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stdout", Closed())
    with pytest.raises(BrokenPipeError):
        console().print("x")


def test_long_names_are_told_once_and_numbered():
    long = ["phantom_blob(images=60,size=16)", "phantom_blob(images=60,size=32)", "x" * 120]
    names = Names(["red", *long, long[0]])
    assert [names[name] for name in ("red", *long)] == [
        "red", "phantom_blob #1", "phantom_blob #2", "x" * 16 + "... #3",
    ]  # fmt: skip
    assert names.legend() == [f"#{number}: {name}" for number, name in enumerate(long, 1)]
