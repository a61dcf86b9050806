import os
import subprocess
import sys
import types
from importlib import import_module

import pytest

from segaug import __version__
from segaug.cli import main as cli
from segaug.cli.verbs import VERBS
from segaug.errors import DataError
from tests.tiny import segaug_here

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
        "print(sorted(loaded))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.splitlines()[-1] == str([f"segaug.cli.{name}" for name in ("main", "parser", "verbs")])
    assert all(f"  {name}" in shown for name in VERBS)


def test_module_is_the_command():
    shown = subprocess.run([sys.executable, "-m", "segaug", "--version"], capture_output=True, text=True, check=True)
    assert shown.stdout == f"segaug {__version__}\n"


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_can_be_imported_and_says_what_it_does(name, capsys):
    assert callable(import_module(f"segaug.cli.{name}").run)
    with pytest.raises(SystemExit, match="0"):
        cli.build_parser(name).parse_args([name, "--help"])
    assert VERBS[name][1:] in capsys.readouterr().out


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


SLIPS = {  # what is typed -> what has to be said, in one line
    "fit quick --metrik dice": "there is no option --metrik; did you mean --metric?",
    "fit --metrik=dice": "there is no option --metrik; did you mean --metric?",
    "fit a b": "one word too many: b",
    "need quick --targt dice=0.9": "did you mean --target?",
    "need quick": "the following arguments are required: --target",
    "plan power --pilot quick --seds 5": "did you mean --seeds? `segaug plan power --help`",
    "plan powr": "did you mean 'power'?",
    "data chek": "did you mean 'check'?",
    "report quick --figures publishd": "did you mean 'published'?",
    "report quick -x": "there is no option -x;",
    "status --jsn": "did you mean --json?",
    "--verison": "did you mean --version?",
    "preview augment=red --uot a.png": "did you mean --out?",
}


@pytest.mark.parametrize("words", SLIPS)
def test_a_slip_is_told_in_one_line_with_what_was_meant(words, capsys):
    assert cli.main(words.split()) == 2
    shown = capsys.readouterr().err
    assert SLIPS[words] in shown
    assert shown.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("train augmnet=red", "did you mean 'augment'?"),
        ("train study=quik", "did you mean 'quick'?"),
        ("train stduy=quick", "did you mean 'study'?"),
        ("train red", "did you mean augment=red?"),
        ("train dataset.root=/é", "\"dataset.root='/é'\""),
        ("train seed=[1", "write OPTION=VALUE"),
        ("train --confg job", "did you mean --cfg?"),
        ("submit --mutlirun augment=red", "did you mean --multirun?"),
        ("plan study=quick --probee", "did you mean --probe?"),
    ],
)
def test_a_slip_in_an_override_is_told_in_one_line_too(words, hint, tmp_path):
    done = segaug_here(*words.split(), cwd=tmp_path)
    assert done.returncode == 2
    assert hint in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_beginning_of_an_option_is_enough(monkeypatch):
    seen = []
    verb(
        monkeypatch, "fit", lambda args: seen.append(args.metric) or 0, ("--metric", {}), ("--effect", {"type": float})
    )
    assert cli.main(["fit", "--metr", "dice", "--effect", "-1"]) == 0
    assert seen == ["dice"]


def test_many_runs_may_be_asked_for_anywhere(tmp_path):
    done = segaug_here("train", "augment=red,none", "-m", "scale=n3", cwd=tmp_path)
    assert "there is no 'n3'" in done.stderr  # and not: unrecognized arguments


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


def test_a_closed_pipe_is_quiet_where_errors_go_there_too():
    command = [sys.executable, "-m", "segaug", "fit", "no_such_study"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as shown:
        shown.stdout.close()
    assert shown.returncode == 2


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
