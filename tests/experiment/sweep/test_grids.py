"""The two large grids: the fifteen published tasks, and the same on data that anybody has."""

import json

import pytest
import yaml

from segaug.cli.data_list import dataset_files
from segaug.experiment.config.folders import studies_dir
from tests.tiny import segaug_here

PUBLISHED = {
    "ct_lung", "ct_heart", "ct_pneumonia", "covid_infection", "abdomen_liver", "xray_lung", "xray_heart",
    "xray_diaphragm", "xray_spine", "lgg", "acdc_lv", "acdc_rv", "acdc_myo", "fundus_disc", "fundus_cup",
}  # fmt: skip
POOLED = {f"fundus_{part}": f"riga_{part} + 0 papila_{part}" for part in ("disc", "cup")}


def grid(name: str) -> dict[str, set[str]]:
    study = yaml.safe_load((studies_dir() / f"study/{name}.yaml").read_text(encoding="utf-8"))
    assert study["defaults"][0] == {"override /protocol": "published"}
    swept = study["hydra"]["sweeper"]["params"]
    assert swept["seed"] == "range(20)"
    return {group: set(swept[group].replace(" ", "").split(",")) for group in ("dataset", "model", "augment", "scale")}


def test_the_published_tasks_are_named_and_so_is_all_of_the_grid():
    named = grid("scaling_study")
    shipped = {name for name, (whose, _) in dataset_files([]) if whose == "segaug"}
    assert named.pop("dataset") == PUBLISHED
    assert shipped >= PUBLISHED
    opened = grid("open_grid")
    assert len(opened["dataset"]) == 15
    assert opened.pop("dataset") <= shipped
    assert (
        named
        == opened
        == {
            "model": {"nnunet", "swin_unet"},
            "augment": {"baseline", "red", "regda", "genda"},
            "scale": {f"n{2**power}" for power in range(2, 10)},
        }
    )


@pytest.mark.slow
def test_the_published_grid_is_planned_without_any_of_the_data(tmp_path):
    """A pooled task is called by its sources."""
    nowhere = {"SEGAUG_DATA": str(tmp_path / "nowhere")}
    words = ("study=scaling_study", "seed=0", "output=out")
    shown = segaug_here("plan", *words, "--json", cwd=tmp_path, **nowhere)
    assert shown.returncode == 0, shown.stderr
    told = json.loads(shown.stdout)
    tasks = PUBLISHED - set(POOLED) | set(POOLED.values())
    assert set(told["planned_without_data"]) == tasks
    assert {cell["task"] for cell in told["cells"]} == tasks
    assert {cell["strategy"] for cell in told["cells"]} == {"baseline", "red", "regda", "genda"}
    assert told["forecast"]["hours"] > told["gpu_hours_rule"] > 0
    words = (*words, "model=nnunet", "augment=baseline", "scale=n4")  # what else is said is said of each task
    shown = segaug_here("plan", *words, cwd=tmp_path, **nowhere)
    assert "15 tasks are not here, and planned by the published numbers" in shown.stdout
    assert "on one core" in shown.stdout
    assert "on one GPU" in shown.stdout
    refused = segaug_here("train", *words, cwd=tmp_path, **nowhere)
    assert refused.returncode == 2
    assert all(task in refused.stderr for task in tasks)
    assert "missing=skip leaves them out" in refused.stderr
    assert not (tmp_path / "out").exists()
