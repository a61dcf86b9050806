"""Every verb that composes tells a slip in one line, and nothing else."""

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser

from segaug.cli.composing import with_name
from segaug.cli.hydra_errors import in_shell
from segaug.cli.main import main
from segaug.cli.parser import in_front
from segaug.errors import ConfigError
from segaug.experiment.outside import compose
from tests.cli.documented import words_of

COMPOSING = {  # verb -> what it needs beside
    "train": [], "prepare": [], "submit": ["-m"], "plan": [], "preview": [], "generate": ["--out", "made"],
    "data check": [], "data split": [],
}  # fmt: skip
SLIPS = {
    "augment.pp=0.5": "augment.pp: there is no such option; did you mean 'p'?",
    "dataset=bussi": "dataset: there is no 'bussi'; did you mean 'busi'?",
    "dataset.patient_pattern=^([^_]+)_": "\"dataset.patient_pattern='^([^_]+)_'\"",
    "protocol.length=x": "protocol.length: ",
}


@pytest.mark.parametrize("slip", SLIPS)
@pytest.mark.parametrize("verb", COMPOSING)
def test_a_slip_is_one_line_in_every_verb(verb, slip, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main([*verb.split(), *COMPOSING[verb], slip]) == 2
    shown = capsys.readouterr()
    assert SLIPS[slip] in shown.err
    assert shown.err.count("\n") == 1
    assert shown.out == ""


@pytest.mark.parametrize("text", ["^([^_]+)_", r"^(p\d+)$", "a b", 'say "x"', "${x}", "wow!", r"a\b"])
def test_what_is_told_to_type_survives_a_shell(text, tmp_path):
    (((word,),),) = words_of([f"segaug {in_shell('dataset.patient_pattern', text)}"], tmp_path)
    assert OverridesParser.create().parse_override(word).value() == text


def test_a_data_set_is_named_by_its_name_alone():
    assert with_name(["augment=red", "busi", "~x"]) == ["dataset=busi", "augment=red", "~x"]
    assert with_name(["dataset=busi"]) == ["dataset=busi"]
    with pytest.raises(ConfigError, match="NAME: got a and b; name one data set"):
        with_name(["a", "b"])
    with pytest.raises(ConfigError, match="dataset: is said twice, by a too"):
        with_name(["a", "dataset=b"])


def test_options_may_stand_anywhere_with_their_values():
    known = {"-m": False, "--config-dir": True, "--cfg": True}
    words = ["a=1", "-m", "b=2", "--config-dir", "x y", "--cfg=job", "c=3"]
    assert in_front(words, known) == ["-m", "--config-dir", "x y", "--cfg=job", "a=1", "b=2", "c=3"]


@pytest.mark.parametrize(
    ("words", "warmup"),
    [
        ([], 5),
        (["protocol.length=6"], 5),  # it fits, as it did for trials that are done
        (["protocol.length=4"], 0),
        (["protocol=fixed_steps", "protocol.length=20"], 2),
        (["protocol=fixed_steps", "protocol.length=27"], 26),
        (["protocol.length=4", "protocol.warmup=3"], 3),
    ],
)
def test_a_shorter_length_shortens_a_default_warm_up(words, warmup):
    assert compose(words).config.protocol.warmup == warmup


def test_a_warm_up_that_was_given_is_not_shortened():
    with pytest.raises(ConfigError, match=r"protocol\.warmup .*got 5; use 0 to 3"):
        compose(["protocol.length=4", "protocol.warmup=5"])
