"""Strategies, models and kinds of data sets of other packages: found by entry points, told by name, each for itself."""

import sys
from importlib.metadata import entry_points

import pytest

from segaug.experiment.code.deciding import code_facts
from segaug.experiment.config import plugins
from segaug.experiment.config.plugins import ENTRIES, plugged, plugin_conf_dirs, versions
from segaug.experiment.outside import compose

MODULE = """\
from dataclasses import dataclass
from segaug.augment.strategy import Strategy

@dataclass(frozen=True, kw_only=True)
class Brighten(Strategy):
    gain: float = 1.5

class NoDataclass: ...
"""
FILES = {
    "segaug_brighten/__init__.py": "",
    "segaug_brighten/strategy.py": MODULE,
    "segaug_brighten/broken.py": "import nothing_of_this_name\n",
    "segaug_brighten/conf/augment/brighten.yaml": "defaults: [base_brighten, _self_]\ngain: 2.0\n",
    "segaug_brighten-0.3.dist-info/METADATA": "Metadata-Version: 2.1\nName: segaug-brighten\nVersion: 0.3\n",
    "segaug_brighten-0.3.dist-info/entry_points.txt": """\
[segaug.strategies]
brighten = segaug_brighten.strategy:Brighten
red = segaug_brighten.strategy:Brighten
broken = segaug_brighten.broken:Broken
plain = segaug_brighten.strategy:NoDataclass
""",
}


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A package with plugins, as pip leaves one behind."""
    for name, text in FILES.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    plugged.cache_clear()
    yield tmp_path
    plugged.cache_clear()
    for module in [name for name in sys.modules if name.startswith("segaug_brighten")]:
        del sys.modules[module]


def test_one_that_cannot_be_used_costs_itself_alone(installed):
    taken, refused = plugged("augment", ("red", "none"))
    assert [*taken] == ["brighten"]
    assert [str(one).partition(" (")[0] for one in refused] == [
        "augment=broken of segaug-brighten 0.3 is not offered: segaug_brighten.broken:Broken cannot be used",
        "augment=plain of segaug-brighten 0.3 is not offered: segaug_brighten.strategy:NoDataclass cannot be used",
        "augment=red of segaug-brighten 0.3 is not offered: segaug has augment=red; its package has to use "
        "another name",
    ]
    assert all("\n" not in str(one) for one in refused)
    assert plugged("model", ()) == ({}, ())


def test_its_config_files_lie_in_the_package_and_nothing_is_imported_to_find_them(installed):
    assert installed / "segaug_brighten/conf" in plugin_conf_dirs()
    assert "segaug_brighten" not in sys.modules
    assert versions({"segaug_brighten.strategy", "segaug.augment.red"}) == {"segaug-brighten": "0.3"}
    assert versions({"segaug.augment.red"}) == {}


def test_it_is_chosen_by_name_and_named_in_records(installed, monkeypatch):
    from segaug.experiment.config import schema
    from segaug.experiment.outside import _loader

    taken, _ = plugged("augment", tuple(schema.STRATEGIES))
    monkeypatch.setitem(schema.STRATEGIES, "brighten", taken["brighten"])
    _loader.cache_clear()
    try:
        trial = compose(["augment=brighten", "augment.gain=3"])
        assert (trial.strategy, trial.config.augment.gain) == ("brighten(gain=3.0)", 3.0)
        assert code_facts(trial.config)["plugins"] == {"segaug-brighten": "0.3"}
        assert "plugins" not in code_facts(compose([]).config)
    finally:
        _loader.cache_clear()


def test_the_groups_of_entry_points_are_those_that_are_documented():
    assert {*ENTRIES.values()} == {"segaug.strategies", "segaug.models", "segaug.datasets"}
    assert all(not entry_points(group=name) for name in ENTRIES.values()), "this environment has plugins"
    assert plugins.plugins() == []
