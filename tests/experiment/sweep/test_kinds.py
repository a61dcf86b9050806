"""One trial of each kind from data to record: what every record promises, whatever it was trained on and how."""

import math

import numpy as np
import pytest
from PIL import Image

from segaug.analysis.curves.fitting import fit_records
from segaug.errors import ConfigError
from segaug.experiment.outside import compose
from segaug.experiment.sweep.study import run_study
from segaug.measures import quantities
from segaug.results.store import Store
from segaug.results.trial_row import trial_row
from tests.slow_rest import slow_but
from tests.tiny import TINY, volatile_free

IMAGES, PER_PATIENT = 60, 2
FILES = [
    "dataset=folder", "dataset.size=16", "dataset.patient_pattern='^(p[0-9]+)_'",
    "+dataset.structures={cell:[1,2],ring:[1],core:[2]}",
]  # fmt: skip
OF_SLICES = [*FILES, "dataset.structure=cell"]
HEART = ["dataset=phantom_template", "protocol.output_bias=foreground"]
KINDS = {
    "one grey structure": [],
    "three structures": HEART,
    "colour": [*OF_SLICES, "dataset.colour=true"],
    "two structures in colour": [*FILES, "dataset.structure=[ring,core]", "dataset.colour=true"],
    "patients of several slices": [*OF_SLICES, "protocol.count=patients", "protocol.select=dice_patient"],
    "several seeds a subset": ["protocol.seeds_per_subset=3"],
    "adamw": ["protocol.optimiser.name=adamw", "protocol.optimiser.weight_decay=0.01", "protocol.decay=polynomial"],
    "sgd": [
        "protocol.optimiser.name=sgd", "protocol.optimiser.momentum=0.9", "protocol.optimiser.nesterov=true",
        "protocol.optimiser.clip_norm=12", "protocol.learning_rate=0.01",
    ],
    "weighted cross-entropy and Dice": [
        *HEART, "protocol.objective.loss=cross_entropy_dice", "protocol.objective.background_weight=0.1",
        "protocol.select=dice",
    ],
}  # fmt: skip
each_kind = pytest.mark.parametrize("kind", slow_but(KINDS, "three structures", "patients of several slices"))


@pytest.fixture(scope="module")
def cells(tmp_path_factory):
    """A folder of coloured discs with a core, two images a patient."""
    root = tmp_path_factory.mktemp("cells")
    row, column = np.mgrid[:16, :16]
    for number in range(IMAGES):
        rng = np.random.default_rng(number)
        distance = np.hypot(row - rng.uniform(6, 9), column - rng.uniform(6, 9))
        mask = (distance < rng.uniform(4, 6)).astype(np.uint8) + (distance < 2.5)
        colour = np.array([[20, 30, 40], [200, 120, 150], [90, 40, 160]])[mask] + rng.integers(0, 30, (16, 16, 3))
        for part, pixels in (("images", colour), ("masks", mask)):
            (root / part).mkdir(exist_ok=True)
            Image.fromarray(pixels.astype(np.uint8)).save(root / part / f"p{number // PER_PATIENT:02}_{number:02}.png")
    return root


@pytest.fixture
def make(cells, tmp_path, common_cache):
    """Trials of a kind: make("colour", "seed=1")."""

    def trial(kind, *more):
        folders = [f"output={tmp_path / 'study'}", f"cache={common_cache}"]
        words = [*TINY, *KINDS[kind], *folders, *more]
        if "dataset=folder" in words:
            words = [word for word in words if word not in ("dataset=phantom_thorax_lung", "dataset.images=60")]
            words.append(f"dataset.root={cells}")
        return compose(["augment=red", *words])

    return trial


def run(trial, output=None):
    """The record of a trial."""
    trial = trial.in_folder(str(output)) if output else trial
    (key,) = run_study([trial], workers=1, many=False)
    return Store(trial.config.output).record(key["id"])


@each_kind
def test_a_trial_ends_in_a_record_of_all_that_its_kind_is_measured_by(make, kind):
    record = run(make(kind))
    structures, measured = record["form"]["structures"], record["test"]["best"]
    assert record["status"] == "ok"
    assert list(measured) == [one.key for one in quantities(structures)]
    for one in quantities(structures):
        units = record["cases"] if one.measure.per == "image" else record["patient_cases"] or {}
        values = units.get(one.key)
        assert measured[one.key] == (None if values is None else pytest.approx(np.mean(values)))
        assert one.measure.per == "patient" or len(values) == len(record["cases"]["ids"])
    assert len(record["history"]["update"]) == len(record["history"]["training_loss"]) == 2
    assert record["training"]["images"] == record["labels"]["training"]
    assert trial_row(record)["status"] == "ok"
    assert fit_records([record])[0].points[0].mean == measured["ce" if len(structures) > 1 else "bce"]


@pytest.mark.parametrize(
    "kind", slow_but(["two structures in colour", "weighted cross-entropy and Dice", "sgd"], "two structures in colour")
)
def test_the_same_trial_gives_the_same_bits(make, kind, tmp_path):
    assert volatile_free(run(make(kind))) == volatile_free(run(make(kind), tmp_path / "again"))


def test_patients_of_several_slices_are_scored_together(make):
    record = run(make("patients of several slices"))
    images, patients = record["cases"], record["patient_cases"]
    assert len(set(images["patients"])) == len(patients["patients"]) < len(images["ids"])
    assert record["test"]["best"]["dice_patient"] == pytest.approx(np.mean(patients["dice_patient"]))
    chosen = record["history"]["validation_dice_patient"]
    assert record["training"]["best_update"] == record["history"]["update"][int(np.argmax(chosen))]


def test_where_patients_have_one_image_no_measure_of_patients_repeats_it(make):
    record = run(make("three structures"))
    assert record["patient_cases"] is None
    assert record["test"]["best"]["dice_patient"] is None


def test_seeds_of_one_subset_differ_in_everything_else(make, tmp_path):
    first, second, third = (run(make("several seeds a subset", f"seed={seed}")) for seed in (0, 2, 3))
    assert first["subset"] == second["subset"] != third["subset"]
    assert first["history"] != second["history"]
    assert first["subset"] == run(make("one grey structure"), tmp_path / "other")["subset"]


def test_structures_have_scores_of_their_own_and_their_mean(make):
    best = run(make("two structures in colour"))["test"]["best"]
    assert best["dice"] == pytest.approx((best["dice/ring"] + best["dice/core"]) / 2)
    assert best["dice/ring"] != best["dice/core"]


def test_a_grey_trial_knows_nothing_of_what_came_later(make):
    config = run(make("one grey structure"))["config"]
    assert not {"optimiser", "objective", "decay", "select", "seeds_per_subset"} & config["protocol"].keys()


@pytest.mark.parametrize(
    ("kind", "words", "told"),
    [
        ("sgd", ["protocol.optimiser.name=adam"], r"protocol.optimiser.momentum.*sgd"),
        ("three structures", ["protocol.select=dice", "protocol.validation=none"], r"protocol.select.*validation"),
        ("three structures", ["dataset.structure=[lv,left_heart]"], r"dataset.structure.*lv.*left_heart"),
        ("three structures", ["dataset.structure=all"], r"dataset.structure.*left_heart"),
        ("three structures", ["dataset.structure=[lv,atrium]"], r"dataset.structure.*atrium"),
        ("one grey structure", ["protocol.seeds_per_subset=0"], r"protocol.seeds_per_subset.*at least 1"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(make, kind, words, told):
    with pytest.raises(ConfigError, match=told) as caught:
        make(kind, *words)
    assert "\n" not in str(caught.value)


def test_a_diverged_trial_of_several_structures_is_a_result(make):
    record = run(make("three structures", "protocol.learning_rate=1e30"))
    assert record["status"] == "diverged"
    assert record["test"] is record["cases"] is record["patient_cases"] is None
    assert math.isnan(trial_row(record).get("ce_best", math.nan))
