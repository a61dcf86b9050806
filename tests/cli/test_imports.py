"""What a command does not need it does not import: by names of packages, since seconds differ between machines."""

import json
import subprocess
import sys

from tests.data.small_sets import write_set

TRAINING = {"pytorch_lightning", "torchmetrics", "monai", "matplotlib", "wandb"}
READING = {"nibabel", "pydicom", "h5py", "SimpleITK", "tifffile", "cv2", "pandas", "pyarrow"}
OPTIMISING = {"scipy.optimize", "scipy.stats", "scipy.interpolate"}
CODE = """
import json, sys
from segaug.cli.main import main
for words in json.loads(sys.argv[1]):
    code = main(words)
    print(json.dumps([code, [*sys.modules]]), file=sys.stderr)
"""
CHECK = [
    "data", "check", "folder", "dataset.root=.", "dataset.structures={whole: [1, 2]}", "dataset.structure=whole",
    "dataset.size=16", "dataset.split.min_validation=2", "dataset.patient_pattern='^(p[0-9]+)_'",
]  # fmt: skip
PLAN = ["plan", "study=quick", "seed=0", "scale=n4", "dataset.images=40", "dataset.size=16"]


def test_who_only_looks_at_data_or_plans_imports_nothing_that_trains(tmp_path):
    write_set(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", CODE, json.dumps([CHECK, PLAN])],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    (checked, by_check), (planned, by_plan) = map(json.loads, done.stderr.splitlines())
    assert checked == planned == 0, done.stdout + done.stderr
    assert "segaug.models.nnunet" in by_check, "what is composed is imported"
    assert not {*by_check} & (TRAINING | READING | OPTIMISING | {"segaug.augment.red"})
    assert {"segaug.augment.red", "segaug.augment.regda"} <= {*by_plan}
    assert not {*by_plan} & (TRAINING | {"segaug.experiment.cards.card"})
    assert not [name for name in by_plan if name.startswith(("segaug.models.swin", "segaug.augment.genda"))]
