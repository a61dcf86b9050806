"""`segaug data import` of real images, laid out as they are met: ends in a config that checks green."""

import json
import os
from collections import defaultdict
from collections.abc import Iterable
from functools import partial

import pytest

from segaug.cli.main import main
from segaug.data.patient_names import UNKNOWN
from segaug.experiment.outside import compose
from tests.imports.layouts import LAYOUTS, PUBLIC, WORDS, renamed

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("SEGAUG_DATA" not in os.environ, reason="SEGAUG_DATA does not name the folder of the real sets"),
]
FEW = ("one_instance_mask",)  # images: understood, and too few to split
ALL = {name: partial(renamed, name=name) for name in PUBLIC} | {
    name: write for name, write in LAYOUTS.items() if name not in FEW
}


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("SEGAUG_CONF", str(tmp_path / "conf"))
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


@pytest.mark.parametrize("name", ALL)
def test_import_ends_in_a_config_that_checks_green(name, data, capsys):
    patients = ALL[name](data)
    words = ["data", "import", str(data), "--name", "mine", "--yes", *WORDS.get(name, [])]
    assert main(words) == 0, capsys.readouterr().out
    capsys.readouterr()
    assert main([*words, "--json", "--replace"]) == 0
    told = json.loads(capsys.readouterr().out)
    cases = compose(["dataset=mine"]).config.dataset.cases()
    if told["patients"]["confidence"] == UNKNOWN:
        assert len({case.patient for case in cases}) == len(cases)
        assert "each image counts as a patient of its own" in told["told"]["patients"][0]
        return
    assert patients is not None, told["patients"]
    true = [next(whose for text, whose in patients.items() if text in case.id) for case in cases]
    assert _partition(case.patient for case in cases) == _partition(true)


def test_a_single_image_with_masks_is_understood_and_too_little_to_split(data, capsys):
    LAYOUTS["one_instance_mask"](data)
    assert main(["data", "import", str(data), "--name", "mine"]) == 1
    printed = capsys.readouterr().out
    assert "1 images have 7 masks, joined as one" in printed
    assert "of 1 images in 1 groups of patients" in printed


def _partition(names: Iterable[str]) -> set[tuple[int, ...]]:
    places: dict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(names):
        places[name].append(place)
    return {tuple(own) for own in places.values()}
