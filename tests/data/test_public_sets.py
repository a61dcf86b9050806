"""The data sets of conf/dataset on their real images; skipped where SEGAUG_DATA is not set."""

from functools import cache
from pathlib import Path

import pytest

from segaug.data.check.check import check
from segaug.data.kinds.folder import Folder
from segaug.data.split import PARTS, split
from segaug.data.task import Task
from segaug.data.tensors import load_task
from segaug.experiment.outside import compose
from tests.slow_rest import slow_but

CONF = Path(__file__).parents[2] / "conf"
SETS = {  # images, patients
    "hippocampus": (260, 260),
    "hippocampus_anterior": (260, 260),
    "hippocampus_posterior": (260, 260),
    "hippocampus_parts": (260, 260),
    "sunnybrook": (805, 45),
    "sunnybrook_volumes": (805, 45),
    "busi": (647, 647),
    "wbc_tecom_cell": (300, 300),
    "wbc_tecom_nucleus": (300, 300),
    "wbc_tecom_parts": (300, 300),
    "wbc_cellavision_cell": (100, 100),
    "wbc_cellavision_nucleus": (100, 100),
    "wbc_cellavision_parts": (100, 100),
    "nuclei_fluorescence": (541, 541),
    "nuclei_stained": (123, 123),
    "chase_vessels": (28, 14),
    "foot_ulcers": (497, 497),
    "lung_tumour": (260, 260),
}
QUICK = (  # one of each folder that is read in a second; of the others, real images are read by the tests that follow
    "hippocampus_parts",
    "sunnybrook_volumes",
    "wbc_cellavision_parts",
    "nuclei_stained",
    "chase_vessels",
    "lung_tumour",
)
EMPTY = {"foot_ulcers": 11, "lung_tumour": 28}  # masks without foreground outside of the external part


def dataset(name: str) -> Folder:
    """The frozen object that `dataset=<name>` composes to."""
    return compose([f"dataset={name}"]).config.dataset


@cache
def loaded(name: str) -> Task:
    """The whole set: decoding one takes longer than what is asked of it."""
    return load_task(dataset(name), None)


@pytest.mark.parametrize("name", [*SETS, "hippocampus_3d", "folder", "volumes"])
def test_config_is_complete(name, monkeypatch):
    monkeypatch.setenv("SEGAUG_DATA", "/somewhere")
    chosen = dataset(name)
    assert {value for values in chosen.foreground() for value in values} < set(chosen.values())
    if name not in ("folder", "volumes"):
        assert chosen.root.startswith("$SEGAUG_DATA/")
        assert all((chosen.modality, chosen.anatomy, chosen.licence, chosen.citation, chosen.source, chosen.note))


@pytest.mark.slow
def test_real_volumes_are_sound(public_data):
    chosen = dataset("hippocampus_3d")
    report = check(chosen)
    assert report.problems == ()
    assert (len(report.cases), len({case.patient for case in report.cases})) == (260 * 9, 260)
    assert (chosen.left_out().taken, chosen.left_out().of) == (260 * 8, 5730)


@pytest.mark.parametrize("name", slow_but(SETS, *QUICK))
def test_real_set_is_sound(name, public_data):
    chosen = dataset(name)
    report = check(chosen)
    assert report.problems == ()
    assert (len(report.cases), len({case.patient for case in report.cases})) == SETS[name]
    assert sum(part.empty for part in report.parts) == EMPTY.get(name, 0)
    shares = [part.foreground for part in report.parts if part.foreground is not None]
    if not chosen.split.target:  # else the publisher's parts
        assert max(shares) < 2 * min(shares)  # the parts come from one population, if of few patients


@pytest.mark.parametrize(
    ("whole", "part"), [("wbc_tecom_cell", "wbc_tecom_nucleus"), ("hippocampus", "hippocampus_anterior")]
)
def test_a_part_lies_inside_the_whole(whole, part, public_data):
    outer, inner = loaded(whole), loaded(part)
    assert outer.split == inner.split
    assert outer.content_hash != inner.content_hash
    assert (inner.label.nan_to_num() <= outer.label.nan_to_num()).all()


def test_parts_of_the_hippocampus_make_the_whole(public_data):
    whole, front, back = (loaded(f"hippocampus{part}").label for part in ("", "_anterior", "_posterior"))
    assert (front + back).nan_to_num().equal(whole.nan_to_num())


def test_pixel_size_of_the_hippocampus_follows_the_resizing(public_data):
    task = loaded("hippocampus")
    assert (64 * task.spacing_mm[0]).tolist() == [35, 51]  # stored as 51 x 35 pixels of 1 mm


@pytest.mark.parametrize(
    ("name", "experiment"), [("nuclei_fluorescence", "360x360"), ("nuclei_stained", "1024x1024_brightfield_grey")]
)
def test_nuclei_of_one_experiment_can_be_what_is_tested_on(name, experiment, public_data):
    chosen = compose([f"dataset={name}", f"dataset.split.target=[{experiment}]", "dataset.split.min_validation=4"])
    cases = chosen.config.dataset.cases()
    parts = split(cases, chosen.config.dataset.split)
    assert {cases[row].site for row in (*parts.test, *parts.validation)} == {experiment}
    assert experiment not in {cases[row].site for row in (*parts.pool, *parts.external)}
    assert chosen.task.startswith(f"{name}(split.")


def test_volumes_of_sunnybrook_are_enough_to_draw_from_and_to_learn_from(public_data):
    """Draws of 3 patients differ in a pool of 12; the external part is 8 patients at least."""
    chosen = dataset("sunnybrook_volumes")
    cases = chosen.cases()
    parts = split(cases, chosen.split)
    patients = {part: len({cases[row].patient for row in getattr(parts, part)}) for part in PARTS}
    assert patients["pool"] >= 12
    assert patients["external"] >= 8
    assert patients["validation"] in (2, 3)
    counts = ", ".join(f"{part} {len(getattr(parts, part))} of {patients[part]}" for part in PARTS)
    assert counts in (CONF / "dataset/sunnybrook_volumes.yaml").read_text()
