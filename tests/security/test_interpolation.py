"""Interpolations look up options and the environment; they build nothing, and what they produce is bounded."""

import re
import time
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from segaug.cli import main as cli
from segaug.cli.hydra_errors import one_line
from segaug.errors import ConfigError, UserError
from segaug.experiment.guard import resolution
from segaug.experiment.guard.interpolation import RESOLVERS, RefusedTextError, looked_up
from segaug.experiment.guard.resolution import check_resolution, nothing_resolved
from segaug.experiment.outside import compose

TOKENS = [
    "${", "}", "{", "oc.create", "oc.decode", "oc.env", "oc.select", "oc", ".", "create", ":", ",", "'", '"', "\\", "$",
    " ", "a", "b", "NOPE", "[", "]", "now", "hydra", "_target_",
]  # fmt: skip


def bomb(levels: int = 8, wide: int = 10) -> dict[str, str]:
    """Ten interpolations in each of some options, each of the one before."""
    return {"l0": "x" * 10} | {f"l{i}": f"${{l{i - 1}}}" * wide for i in range(1, levels)}


@pytest.mark.parametrize(
    "text",
    [
        "${oc.create:{a: 1}}", "${ oc.create : {a: 1} }", "x${oc.decode:'{a: 1}'}y", "${oc.select:a,{b: 1}}",
        "${oc.dict.values:a}", "${oc.dict.keys:a}", "${oc.deprecated:a}", "${hydra:launcher}", "${nope:1}", "${:1}",
        "${${a}:b}", "${oc.${a}:b}", "${${a}.create:b}", "${a.${b}}", "${a[${b}]}", "${${a}}",
        "${oc.env:A,${oc.create:{a: 1}}}", "${oc.env:A,'${oc.decode:x}'}", "${oc.env:A,[{b: ${oc.decode:x}}]}",
        "${oc.env:'A${oc.create:x}'}", "${now:${oc.decode:x}}", r"\${oc.create:a}", r"\\\${a}", r"x \${a} ${b}",
        "${", "${a", "${a b}", "${oc.env:" * 7 + "}" * 7,
        "${oc.env:" * 190 + "}" * 190, "${a}" * 501,
    ],
)  # fmt: skip
def test_what_is_not_known_to_be_text_is_refused(text):
    with pytest.raises(RefusedTextError):
        looked_up(text)
    with pytest.raises(ConfigError, match=r"a\.b\[1\] in f\.yaml"):
        check_resolution({"a": {"b": [1, text]}}, "f.yaml")


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("${a}", ["a"]), ("${ a.b }", ["a.b"]), ("x${.a}-${..b.c}", [".a", "..b.c"]), ("${a[b].c}", ["a[b].c"]),
        ("${oc.env:HOME}/x", []), ("${oc.env:A,\"~/.cache\"}", []), ("${oc.env:A,${b}}", ["b"]), ("${now:%Y-%m}", []),
        ("$a {b}", []), (r"C:\\${a}", ["a"]),
    ],
)  # fmt: skip
def test_options_and_texts_of_the_environment_are_looked_up(text, options):
    assert list(looked_up(text).options) == options


@settings(max_examples=300, database=None)
@given(st.lists(st.sampled_from(TOKENS), max_size=12).map("".join))
def test_what_is_taken_asks_only_the_known_resolvers(text):
    asked = []
    with patch.object(OmegaConf, "_get_resolver", lambda name: lambda *_: asked.append(name) or "a"):
        try:
            looked_up(text)
        except RefusedTextError:
            return
        try:
            result = OmegaConf.create({"a": "x", "b": "y", "x": text}).x
        except OmegaConfBaseException:
            result = None
    assert set(asked) <= set(RESOLVERS)
    assert result is None or isinstance(result, str)


def test_a_thousandfold_look_up_is_refused_by_the_name_of_its_option():
    start = time.process_time()  # not of the clock: other processes may be busy
    with pytest.raises(ConfigError, match=r"^l5 in f\.yaml: would grow to over 1,000,000 values"):
        check_resolution(bomb(100), "f.yaml")
    lists = {"a": [[0] * 10, *([f"${{a[{i}]}}"] * 10 for i in range(8))]}
    with pytest.raises(ConfigError, match=r"^a\[\d\]: would grow"):
        check_resolution(lists)
    tables = {"t0": {"x": 0}} | {f"t{i}": {f"k{j}": f"${{t{i - 1}}}" for j in range(10)} for i in range(1, 9)}
    with pytest.raises(ConfigError, match=r"^t\d: would grow"):
        check_resolution(tables)
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("tree", "told"),
    [
        ({"a": "${b}", "b": "${a}"}, "a: refers to itself"),
        ({"a": "x${a}"}, "a: refers to itself"),
        ({"a": {"b": ["${a}"]}}, "a: refers to itself"),
        ({"a": {"b": "${..c}"}, "c": "${a}"}, "a: refers to itself"),
        ({"a": "${b.c}", "b": "${d}", "d": {"c": 1}}, r"a: looks up 'b\.c' by way of another"),
        ({f"l{i}": f"${{l{i + 1}}}" for i in range(100)}, "over more than 60 steps"),
        ({"a": [f"${{b}}{i}" + "x" * 1900 for i in range(20)]}, r"a\[\d+\]: is one interpolation too many"),
        ({"many": {str(i): "x" * 100_000 for i in range(11)}, "few": 1}, "many: would grow"),
        ({"half": "x" * 600_000, "less": "x" * 500_000}, "config: would grow"),
    ],
)  # fmt: skip
def test_what_has_no_end_is_refused(tree, told):
    with pytest.raises(ConfigError, match=told):
        check_resolution(tree)


def produced(value: object) -> int:
    """Values and characters."""
    if isinstance(value, dict):
        return 1 + sum(map(produced, value.values()))
    if isinstance(value, list):
        return 1 + sum(map(produced, value))
    return 1 + len(value) if isinstance(value, str) else 1


KEYS = ["a", "b", "c"]
VALUES = st.one_of(
    st.sampled_from([1, None, "xy", "${oc.env:HOME}", "${oc.env:NOPE,abc}", "${now:%A}"]),
    st.sampled_from([f"{left}${{{key}}}{right}" for key in [*KEYS, "a.b", "b[0]", ".c", "..a"] for left in ("", "x")
                     for right in ("", "${b}")]),
)  # fmt: skip
TREES = st.dictionaries(
    st.sampled_from(KEYS),
    st.one_of(VALUES, st.lists(VALUES, max_size=3), st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=3)),
    min_size=1,
)


@settings(max_examples=200, database=None)
@given(TREES)
def test_no_more_is_produced_than_was_counted(tree):
    try:
        check_resolution(tree)
        resolved = OmegaConf.to_container(OmegaConf.create(tree), resolve=True)
    except (ConfigError, OmegaConfBaseException):
        return
    with patch.object(resolution, "MAX_SIZE", produced(resolved) - 1), pytest.raises(ConfigError, match="would grow"):
        check_resolution(tree)


@pytest.mark.parametrize("verb", ["train", "plan", "prepare", "submit"])
def test_no_command_resolves_without_bound(capsys, tmp_path, monkeypatch, verb):
    monkeypatch.chdir(tmp_path)
    file = Path("groups/protocol/large.yaml")
    file.parent.mkdir(parents=True)
    rates = "".join(f"  {key}: '{text.replace('{l', '{.l')}'\n" for key, text in bomb().items())
    file.write_text(f"defaults: [published]\nlearning_rate:\n{rates}")
    start = time.process_time()  # not of the clock: other processes may be busy
    assert cli.main([verb, "--config-dir", str(tmp_path / "groups"), "protocol=large"]) == 2
    assert f"learning_rate.l5 in {tmp_path}/groups/protocol/large.yaml: would grow" in capsys.readouterr().err
    assert time.process_time() - start < 10
    assert not Path("results").exists()


def test_a_bomb_on_the_command_line_is_refused_by_the_name_of_its_option():
    words = [f"+{key}='{text}'" for key, text in bomb().items()]
    with pytest.raises(ConfigError, match=r"^l5: would grow"):
        compose(words)
    with pytest.raises(UserError, match="l7 is an interpolation"), one_line():  # not resolved to be merged into
        compose([*words, "+l7.x=1"])


def test_files_that_name_each_other_without_end_are_refused(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("groups/study").mkdir(parents=True)
    for i in range(20):
        Path(f"groups/study/f{i}.yaml").write_text(f"defaults: [f{i + 1}@a, f{i + 1}@b, f{i + 1}@c]\n")
    Path("groups/study/f20.yaml").write_text("x: 1\n")
    start = time.process_time()  # not of the clock: other processes may be busy
    assert cli.main(["plan", "--config-dir", str(tmp_path / "groups"), "study=f0"]) == 2
    assert re.search(r"study/f\d+: is one file too many: 1,000", capsys.readouterr().err)
    assert time.process_time() - start < 10


def test_merging_does_not_write_into_what_an_interpolation_stands_for():
    first, second = {"a": {"x": 1}, "b": "${a}"}, {"b": {"x": 2}}
    with nothing_resolved():
        merged = OmegaConf.merge(first, second)
    assert merged == {"a": {"x": 1}, "b": {"x": 2}}
    assert OmegaConf.create({"a": 1, "b": "${a}"}).b == 1  # resolved again, outside


def test_what_we_ship_is_far_from_the_bounds():
    with patch.object(resolution, "MAX_SIZE", resolution.MAX_SIZE // 10):
        assert compose(["augment=red"]).config.output == "results/main"
