import os
import subprocess
import sys
import types
from importlib import import_module

import pytest

from segaug import __version__
from segaug.cli import main as cli
from segaug.errors import DataError

HEAVY = ("torch", "hydra", "pandas", "matplotlib", "monai", "rich")


def verb(monkeypatch, name, run, *options):
    """Replace a verb's module by one with the given run() and options."""

    def add_arguments(parser):
        for option, settings in options:
            parser.add_argument(option, **settings)

    module = types.SimpleNamespace(run=run, add_arguments=add_arguments)
    monkeypatch.setitem(sys.modules, f"segaug.cli.{name}", module)


def test_help_imports_no_verb_and_nothing_heavy():
    code = (
        "import sys; from segaug.cli.main import main\n"
        "try: main(['--help'])\n"
        "except SystemExit as end: assert end.code == 0\n"
        f"loaded = [m for m in sys.modules if m.partition('.')[0] in {HEAVY} or m.startswith('segaug.cli.')]\n"
        "print(loaded)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.splitlines()[-1] == "['segaug.cli.terminal', 'segaug.cli.main']"
    assert all(f"  {name}" in shown for name in cli.VERBS)


def test_module_is_the_command():
    shown = subprocess.run([sys.executable, "-m", "segaug", "--version"], capture_output=True, text=True, check=True)
    assert shown.stdout == f"segaug {__version__}\n"


@pytest.mark.parametrize("name", cli.VERBS)
def test_every_verb_can_be_imported_and_says_what_it_does(name, capsys):
    assert callable(import_module(f"segaug.cli.{name}").run)
    with pytest.raises(SystemExit, match="0"):
        cli.build_parser(name).parse_args([name, "--help"])
    assert cli.VERBS[name][1:] in capsys.readouterr().out


def test_without_arguments_the_help_is_shown(capsys):
    assert cli.main([]) == 0
    assert "examples:" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("word", "hint"),
    [("trian", "`segaug train`"), ("a=b", "`segaug train a=b`"), ("xyzzy", "the verbs are train")],
)
def test_an_unknown_verb_gets_a_hint(word, hint, capsys):
    assert cli.main([word]) == 2
    shown = capsys.readouterr().err
    assert hint in shown
    assert shown.count("\n") == 1


def test_hydra_gets_every_word_after_train_untouched(monkeypatch):
    seen = []
    verb(monkeypatch, "train", lambda args: seen.append(args.overrides) or 0)
    words = ["--help", "-m", "augment=red,none", "--cfg", "job", "--config-dir", "x y", "+a={b: 1}", "~c", "--multirun"]
    assert cli.main(["train", *words]) == 0
    assert seen == [words]


def test_overrides_may_stand_before_and_behind_options(monkeypatch):
    seen = []
    verb(monkeypatch, "preview", lambda args: seen.append(args) or 0, ("overrides", {"nargs": "*"}), ("--out", {}))
    assert cli.main(["preview", "augment=red", "--out", "a.png", "dataset=busi", "~x"]) == 0
    assert seen[0].overrides == ["augment=red", "dataset=busi", "~x"]
    assert seen[0].out == "a.png"


def test_a_misspelt_option_is_refused(monkeypatch, capsys):
    verb(monkeypatch, "preview", lambda args: 0, ("overrides", {"nargs": "*"}), ("--out", {}))
    with pytest.raises(SystemExit, match="2"):
        cli.main(["preview", "augment=red", "--uot", "a.png"])
    assert "--uot" in capsys.readouterr().err


def test_superfluous_words_are_refused(monkeypatch, capsys):
    verb(monkeypatch, "fit", lambda args: 0, ("study", {"nargs": "?"}))
    with pytest.raises(SystemExit, match="2"):
        cli.main(["fit", "a", "b"])
    assert "unrecognized arguments: b" in capsys.readouterr().err


def test_a_users_error_is_one_line_and_exit_code_2(monkeypatch, capsys):
    def run(args):
        raise DataError(file="a.png", problem="is empty", fix="copy it again")

    verb(monkeypatch, "fit", run)
    assert cli.main(["fit"]) == 2
    assert capsys.readouterr().err == "segaug: error: a.png: is empty; copy it again\n"


def test_our_own_bugs_keep_their_traceback(monkeypatch):
    verb(monkeypatch, "fit", lambda args: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        cli.main(["fit"])


def test_ctrl_c_is_130(monkeypatch, capsys):
    def run(args):
        raise KeyboardInterrupt

    verb(monkeypatch, "fit", run)
    assert cli.main(["fit"]) == 130
    assert "interrupted" in capsys.readouterr().err


def test_a_closed_pipe_is_quiet():
    command = [sys.executable, "-m", "segaug", "completion", "bash"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as shown:
        shown.stdout.close()
        assert shown.stderr.read() == b""
    assert shown.returncode == cli.EXIT_BROKEN_PIPE


@pytest.mark.parametrize("code", cli.NO_ROOM)
def test_a_full_or_read_only_disk_is_one_sentence(monkeypatch, capsys, code):
    def run(args):
        raise OSError(code, os.strerror(code), "fit/curves.csv")

    verb(monkeypatch, "fit", run)
    assert cli.main(["fit"]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"segaug: error: fit/curves.csv: cannot be written ({os.strerror(code)}); make room")
    assert len(told.splitlines()) == 1


def test_an_error_of_a_file_that_is_no_full_disk_is_not_hidden(monkeypatch):
    def run(args):
        raise FileNotFoundError(2, "gone")

    verb(monkeypatch, "fit", run)
    with pytest.raises(FileNotFoundError):
        cli.main(["fit"])
