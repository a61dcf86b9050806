"""Policies in files: what is written is read bit for bit, and what is no policy is refused in one sentence."""

import dataclasses
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from segaug.augment.policy.options import groups
from segaug.augment.policy.start_file import read_start, resolved, start_of
from segaug.augment.strategy import Strategy
from segaug.errors import ConfigError
from segaug.experiment.config import identity
from segaug.experiment.config.choice import _flat
from segaug.policy_file import policy_bytes, read_policy

TABLE = {group.name: group.names for group in groups(2)}
ORIGIN = {"study": "heart", "strategy": "policy_joint", "size": 64}


@dataclass(frozen=True, kw_only=True)
class Started(Strategy):
    """With the options that a strategy has which starts from a policy."""

    start: str = "nnunet"
    start_policy: Mapping = field(default_factory=dict)

    def resolved(self):
        return resolved(self, 2)


def policy(seed: int = 0, names: tuple[str, ...] = ("all",)) -> dict:
    """Probabilities that are as long as a double is."""
    rng = torch.Generator().manual_seed(seed)
    drawn = {}
    for name in names:
        logits = {group: torch.randn(len(options), generator=rng).double() for group, options in TABLE.items()}
        drawn[name] = {
            group: dict(zip(TABLE[group], own.softmax(0).tolist(), strict=True)) for group, own in logits.items()
        }
    return drawn


@pytest.fixture
def write(tmp_path):
    """Write a file, with what the function changes in its content, and say where it is."""

    def written(change=lambda content: None, name="mine.json", **kwargs):
        content = json.loads(policy_bytes(policy(**kwargs), 2, ORIGIN))
        change(content)
        (tmp_path / name).write_text(json.dumps(content))
        return str(tmp_path / name)

    return written


@pytest.mark.parametrize("names", [("all",), ("background", "foreground")])
@pytest.mark.parametrize("seed", range(3))
def test_what_is_written_is_read_bit_for_bit(tmp_path, seed, names):
    told, path = policy(seed, names), tmp_path / "mine.json"
    path.write_bytes(policy_bytes(told, 2, ORIGIN))
    read = read_start(str(path), 2)
    assert read == told
    for name in names:
        exact = [torch.tensor([*own.values()], dtype=torch.float64) for own in told[name].values()]
        assert all(map(torch.equal, start_of(read, name), exact))
        assert [len(own) for own in exact] == [len(group) for group in groups(2)]


@given(st.floats(0, 1))
def test_no_digit_of_a_probability_is_lost(tmp_path_factory, value):
    path = tmp_path_factory.getbasetemp() / "one.json"
    told = {"all": {"mirror": {"identity": value, "flip": 1 - value}}}
    path.write_bytes(policy_bytes(told, 2, {}))
    assert read_policy(str(path), 2, {"mirror": ("identity", "flip")}) == told


def test_groups_and_options_come_in_the_order_of_the_table(write):
    def turn(content):
        content["classes"]["all"] = {
            group: dict(reversed(own.items())) for group, own in reversed(content["classes"]["all"].items())
        }

    read = read_start(write(turn), 2)["all"]
    assert {group: tuple(own) for group, own in read.items()} == TABLE
    assert list(read) == list(TABLE)


def test_one_policy_serves_every_class_and_two_serve_their_own_or_their_mean(write):
    one = read_start(write(), 2)
    assert all(map(torch.equal, start_of(one, "foreground"), start_of(one, "all")))
    two = read_start(write(names=("background", "foreground")), 2)
    pairs = zip(start_of(two, "background"), start_of(two, "foreground"), start_of(two, "all"), strict=True)
    for background, foreground, both in pairs:
        assert not torch.equal(background, foreground)
        assert torch.allclose(both, (background + foreground) / 2, rtol=0, atol=1e-15)


def put(*way, to):
    """What changes the content at one place."""

    def change(content):
        *outer, last = way
        for key in outer:
            content = content[key]
        content[last] = to

    return change


def drop(*way):
    """What takes a key out of the content."""

    def change(content):
        *outer, last = way
        for key in outer:
            content = content[key]
        del content[last]

    return change


OF = ("classes", "all")
REFUSED = [
    (put("axes", to=3), r"for images of 3 axes, and these have 2"),
    (put("segaug policy", to=2), "of version 2"),
    (drop("segaug policy"), "is no policy"),
    (drop("axes"), "for images of None axes"),
    (drop("classes"), "classes is null"),
    (put("classes", to={"foreground": {}}), "has the classes foreground"),
    (put("classes", to=[1]), r"classes is \[1\]"),
    (put("classes", "all", to="all"), 'all is "all", and no object'),
    (put(*OF, "elastic", to={"identity": 1}), "unknown all: group 'elastic'"),
    (drop(*OF, "noise"), "lacks all: group 'noise'"),
    (put(*OF, "noise", to=0.5), "all: noise is 0.5, and no object"),
    (put(*OF, "rotation", "45", to=0), "unknown all: rotation: option '45'"),
    (drop(*OF, "rotation", "90"), "lacks all: rotation: option '90'"),
    (put(*OF, "mirror_rows", to={"identity": 1.5, "flip": -0.5}), "mirror_rows: flip has the probability -0.5"),
    (put(*OF, "mirror_rows", to={"identity": 0.5, "flip": 0.4}), "mirror_rows: the probabilities sum to 0.9"),
    (put(*OF, "mirror_rows", to={"identity": 1, "flip": 2e-6}), "sum to 1.000002"),
    (put(*OF, "mirror_rows", "flip", to="half"), 'flip is "half"'),
    (put(*OF, "mirror_rows", "flip", to=True), "flip is true"),
    (put(*OF, "mirror_rows", "flip", to=None), "flip is null"),
    (put("origin", to="x" * 2**20), "bytes, and a policy at most 1,048,576"),
]


@pytest.mark.parametrize(("change", "said"), REFUSED)
def test_what_is_no_policy_of_the_table_is_refused_with_key_and_file(write, change, said):
    path = write(change)
    with pytest.raises(ConfigError, match=said) as caught:
        read_start(path, 2)
    assert str(caught.value).startswith(f"augment.start in {path}: ")
    assert "; " in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"segaug policy": NaN}', '{"a": 1, "a": 2}', "\x00", "[" * 5000])
def test_what_is_no_json_object_is_refused(tmp_path, text):
    path = tmp_path / "mine.json"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"is not JSON|is no policy"):
        read_start(str(path), 2)


def test_a_number_without_end_is_refused(write, tmp_path):
    path = Path(write())
    path.write_text(path.read_text().replace('"flip": ', '"flip": 1e999, "x": '))
    with pytest.raises(ConfigError, match=r"is not JSON|is Infinity"):
        read_start(str(path), 2)


def test_what_is_no_file_is_refused(tmp_path):
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(ConfigError, match=r"cannot be read|is no file"):
            read_start(str(path), 2)


def test_a_sum_that_misses_1_by_a_rounding_is_taken_as_it_is(write):
    path = write(put(*OF, "mirror_rows", to={"identity": 0.5, "flip": 0.5 + 4e-7}))
    assert math.fsum(read_start(path, 2)["all"]["mirror_rows"].values()) == 1 + 4e-7


def science(strategy):
    return identity.science_of("augment", strategy)


@pytest.fixture
def registered(monkeypatch):
    monkeypatch.setitem(identity.GROUPS["augment"], "started", Started)


@pytest.mark.usefixtures("registered")
def test_the_content_of_a_file_counts_and_neither_its_name_nor_its_folder(write, tmp_path):
    here, there = write(), write(name="yours.json")
    (tmp_path / "away").mkdir()
    away = write(name="away/mine.json")
    same = [Started(start=path).resolved() for path in (here, there, away)]
    assert science(same[0]) == science(same[1]) == science(same[2])
    assert str(tmp_path) not in json.dumps(science(same[0]))
    other = Started(start=write(name="other.json", seed=1)).resolved()
    assert science(other) != science(same[0])
    assert science(other)["start_policy"] == policy(1)


@pytest.mark.usefixtures("registered")
def test_a_start_that_has_a_name_counts_by_it(write):
    assert science(Started().resolved()) == {"name": "started", "p": 1.0, "start": "nnunet"}
    assert Started().resolved() == Started()


def test_a_name_in_tables_shows_the_file_and_not_what_it_holds(write):
    one = Started(start=write()).resolved()
    assert _flat(one) == {"p": 1.0, "start": "mine.json"}
    assert one.resolved() is one


def test_a_file_is_read_once(write, tmp_path):
    one = Started(start=write()).resolved()
    (tmp_path / "mine.json").unlink()
    assert dataclasses.replace(one, p=0.5).resolved().start_policy == policy()
