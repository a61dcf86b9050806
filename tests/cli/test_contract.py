"""`segaug contract`: which name it is about, a line for each promise, and plugins that are wrong."""

import json
import sys

import pytest

from segaug.cli.completion import overrides
from segaug.cli.main import main
from segaug.experiment.config import schema
from segaug.experiment.config.plugins import plugged
from segaug.experiment.outside import _loader

MODULE = """\
from dataclasses import dataclass
from segaug.augment.strategy import Strategy

@dataclass(frozen=True, kw_only=True)
class Odd(Strategy):
    def recolour(self, image, params, prepared):
        raise RuntimeError("no such luck")

@dataclass(frozen=True, kw_only=True)
class Needy(Strategy):
    def __post_init__(self):
        raise KeyError("what")
"""
FILES = {
    "segaug_odd/__init__.py": "",
    "segaug_odd/strategy.py": MODULE,
    "segaug_odd/conf/augment/odd.yaml": "defaults: [base_odd, _self_]\n",
    "segaug_odd/conf/augment/needy.yaml": "defaults: [base_needy, _self_]\n",
    "segaug_odd-0.1.dist-info/METADATA": "Metadata-Version: 2.1\nName: segaug-odd\nVersion: 0.1\n",
    "segaug_odd-0.1.dist-info/entry_points.txt": """\
[segaug.strategies]
odd = segaug_odd.strategy:Odd
needy = segaug_odd.strategy:Needy
fileless = segaug_odd.strategy:Odd
gone = segaug_odd.nowhere:Gone
unet = segaug_odd.strategy:Odd
""",
}


@pytest.fixture
def odd(tmp_path, monkeypatch):
    """A package with strategies that are wrong, as pip leaves one behind."""
    for name, text in FILES.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    plugged.cache_clear()
    taken, refused = plugged("augment", tuple(schema.STRATEGIES))
    for name, kind in taken.items():
        monkeypatch.setitem(schema.STRATEGIES, name, kind)
    monkeypatch.setattr(schema, "REFUSED", [*refused])
    monkeypatch.setattr("segaug.contract.offered.REFUSED", [*refused])
    _loader.cache_clear()
    yield
    _loader.cache_clear()
    plugged.cache_clear()
    for module in [name for name in sys.modules if name.startswith("segaug_odd")]:
        del sys.modules[module]


def test_each_promise_is_a_line_and_broken_ones_end_it_with_1(odd, capsys):
    assert main(["contract", "odd"]) == 1
    shown = capsys.readouterr()
    lines = shown.out.splitlines()
    states = [line.split("  ")[0].strip() for line in lines[:-1]]
    assert set(states) == {"held", "broken", "not asked"}
    assert "grey" not in lines[-1]
    assert any(line.endswith(": binary-square: raises RuntimeError: no such luck") for line in lines)
    asked = len(states) - states.count("not asked")
    assert lines[-1] == f"augment=odd: {states.count('broken')} of {asked} promises broken"
    assert "Traceback" not in shown.out + shown.err


def test_a_model_of_segaug_keeps_all_of_them_as_json(capsys):
    assert main(["contract", "nusegnet", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["group"], found["name"]) == ("model", "nusegnet")
    assert {one["state"] for one in found["promises"]} == {"held"}
    assert len(found["promises"]) > 15
    assert all(set(one) == {"promise", "state", "reason"} for one in found["promises"])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gone", "its name is its own: segaug_odd.nowhere:Gone cannot be used (ModuleNotFoundError"),
        ("needy", "chosen by its name: raises "),
        ("fileless", "there is no conf/augment/fileless.yaml in its package, with defaults: [base_fileless]"),
    ],
)
def test_a_plugin_that_cannot_be_chosen_is_a_broken_line(name, said, odd, capsys):
    assert main(["contract", name]) == 1
    shown = capsys.readouterr()
    broken = [line for line in shown.out.splitlines() if line.startswith("broken")]
    assert said in broken[0]
    assert "Traceback" not in shown.out + shown.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rde"], "contract: there is no strategy, model or data set 'rde'; did you mean 'red'? "),
        (["model=rde"], "contract: there is no model 'rde'; `segaug train --help` lists all of them"),
        (["unet"], "contract: unet is a strategy and a model; say which: augment=unet or model=unet"),
        (["red", "unet"], "contract: got red and unet; name one strategy, model or data set, e.g. segaug contract red"),
        (["augment.p=1"], "contract: got no name; name one"),
        (["folder"], "dataset.root: is not set; set dataset.root=/path/to/the/data"),
        (["red", "augment.pp=1"], "augment.pp: there is no such option; did you mean 'p'?"),
        (["pooled", "dataset.base=busi", "dataset.added=[busi]"], "dataset.added: names busi, the base"),
    ],
)
def test_a_name_that_is_none_or_two_is_said_in_one_line(words, said, odd, capsys):
    assert main(["contract", *words]) == 2
    shown = capsys.readouterr()
    assert said in shown.err
    assert shown.err.count("\n") == 1
    assert shown.out == ""


def test_completion_offers_names_alone(monkeypatch):
    monkeypatch.setenv("COMP_LINE", "segaug contract nnu")
    assert overrides("nnu") == ["nnunet"]
    assert overrides("chas") == ["chase_vessels"]
    monkeypatch.setenv("COMP_LINE", "segaug data check nnu")
    assert overrides("nnu") == []
