"""Every verb that composes tells a slip in one line, and nothing else; documented command lines survive a shell."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser

from segaug.cli.composing import with_name
from segaug.cli.hydra_errors import in_shell
from segaug.cli.main import main
from segaug.cli.parser import in_front
from segaug.errors import ConfigError
from segaug.experiment.outside import compose

ROOT = Path(__file__).parents[2]
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
COMMAND = re.compile(r"segaug (?:train|prepare|submit|plan|preview|generate|data) .*")
_KEY = r"[+~]{0,2}(?:dataset|augment|model|protocol|scale|hydra)[\w./]*="
SETTING = re.compile(rf"""(?:"{_KEY}[^"`]*"|'{_KEY}[^'`]*'|{_KEY}'[^'`]*')""")  # within quotes of a shell
SEGAUG = 'segaug() { printf "%s\\0" "$@"; }\n'


@pytest.mark.parametrize("slip", SLIPS)
@pytest.mark.parametrize("verb", COMPOSING)
def test_a_slip_is_one_line_in_every_verb(verb, slip, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main([*verb.split(), *COMPOSING[verb], slip]) == 2
    shown = capsys.readouterr()
    assert SLIPS[slip] in shown.err
    assert shown.err.count("\n") == 1
    assert shown.out == ""


def words_of(line: str, folder: Path) -> list[str]:
    """What a program gets that is started by this line of a shell."""
    if not (bash := shutil.which("bash")):
        pytest.skip("needs bash")
    script = SEGAUG + line
    done = subprocess.run(
        [bash, "-c", script], cwd=folder, env={"PATH": ""}, capture_output=True, text=True, check=True
    )
    return done.stdout.split("\0")[:-1]


@pytest.mark.parametrize("text", ["^([^_]+)_", r"^(p\d+)$", "a b", 'say "x"', "${x}", "wow!", r"a\b"])
def test_what_is_told_to_type_survives_a_shell(text, tmp_path):
    (word,) = words_of(f"segaug {in_shell('dataset.patient_pattern', text)}", tmp_path)
    assert OverridesParser.create().parse_override(word).value() == text


def documented() -> list[str]:
    """Each command line of documents and of comments in config files, and each setting in quotes that they tell."""
    lines = []
    for file in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        text = file.read_text()
        for block in re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
            told = block.replace("\\\n", " ").splitlines()
            lines += [line.removeprefix("$ ") for line in told if COMMAND.match(line.removeprefix("$ "))]
        lines += [span for span in re.findall("`([^`\n]+)`", text) if COMMAND.match(span) or SETTING.fullmatch(span)]
    for file in sorted((ROOT / "conf").rglob("*.yaml")):
        for comment in (line.partition("#")[2] for line in file.read_text().splitlines() if "#" in line):
            lines += [found.split("  ")[0].split("`")[0] for found in COMMAND.findall(comment)]
            lines += SETTING.findall(comment)
    return lines


def test_documented_command_lines_survive_a_shell(tmp_path):
    lines = [re.split(r" (?:&&|\||>|;|&)(?: |$)", line)[0] for line in documented()]
    assert len(lines) > 40
    parser = OverridesParser.create()
    for line in lines:
        typed = line if line.startswith("segaug ") else f"segaug {line}"
        for word in words_of(typed, tmp_path):
            if re.match(r"[+~]{0,2}[\w./]+=", word) and "..." not in word:
                assert parser.parse_override(word), f"{word} in {line}"


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
