"""The schema of a record: every record that there can be fits, and what no trial can have left does not."""

import copy
import json
import os
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segaug.errors import DataError
from segaug.json_data import parse_json
from segaug.measures import LARGEST, MEASURES
from segaug.name import is_name
from segaug.results import json_schema
from segaug.results import snapshot as module
from segaug.results.json_file import DamagedRecord, read_record, sealed
from segaug.results.lease import look, take
from segaug.results.owner import this_process
from segaug.results.record import check
from segaug.results.snapshot import Snapshot
from segaug.results.store import Store
from tests.structures import structures_record
from tests.synthetic import record, write_study

ROOT = Path(__file__).parents[2]
ONE = record("thorax", "nnunet", "red", 4, 0)
COUNTS = ("shown", "missed", "astray", "invented", "flooded")
SEVERAL = json.loads(sealed(structures_record("heart", "nnunet", "red", 4, 0))) | {
    "masks": {"cases": 12, **{name: [12, 1, 0] for name in COUNTS}},
    "nsd": {"unit": "px", "tolerance": 2.0},
    "saw": {"labelled subset": {"images": 4, "patients": 2, "sources": {"here": 3, "there": 1}}},
    "sources": {
        "here": {
            "role": "base",
            "training": 3,
            "presentations": 12,
            "cases": None,
            "test": {"best": {"dice": 0.5}, "last": None},
        },
        "there": {
            "role": "added",
            "training": 1,
            "presentations": 4,
            "test": {"best": {"dice": 0.25}, "last": None},
            "cases": {"ids": ["there/1", "there/2"], "patients": ["there/1", "there/2"], "dice": [0.5, 0.0]},
        },
    },
    "learned": [
        {"artefact": "g-1", "kind": "g", "updates": 320, "chosen_update": None, "health": {"spread": 0.5, "dice": None}}
    ],
    "diagnostics": {
        "foreground_px": [8, 0],
        "layers": {"encoder1": {"l_fd": [0.5, -0.25], "separation": [1.5, None]}},
    },
    "patches": {"size": [64, 64], "rows": 2048, "foreground_share": 0.5, "missing_rows": 3},
    "layer_weights": {"alpha": {"encoder1": 0.25, "decoder1": None}, "never_left_zero": 0.5},
    "images": {"labelled": 4, "unlabelled": 12, "external": 0, "synthetic": {"made": 4, "kept": 3, "used": 2}},
    "bank": {
        "artefact": "b-1",
        "per_image": 2,
        "without_foreground": 2,
        "made": [2, 0, 2, 0],
        "kept": [1, 0, 2, 0],
        "scores": [[0.5, 0.25], [], [1, 0.75], []],
        "chosen": [[True, False], [], [True, True], []],
        "measures": {"mean": 0.25, "kid": None},
        "warnings": ["they are dark"],
    },
    "policies": {
        "axes": 2,
        "groups": {"flip": ["identity", "flip"], "gamma": ["identity", "0.1", "0.3"]},
        "policy_updates": 256,
        "beta": 0.05,
        "beta_updates": 6.75,
        "gamma": 0.05,
        "gamma_updates": None,
        "classes": {
            name: {
                "rows": 128,
                "best": None,
                "start": {"flip": [0.5, 0.5], "gamma": [0.333333, 0.333333, 0.333333]},
                "final": {"flip": [0.25, 0.75], "gamma": [1, 0, 0]},
                "snapshots": {
                    "update": [0, 256],
                    "flip": [[0.5, 0.5], [0.25, 0.75]],
                    "gamma": [[0.333333] * 3, [1, 0, 0]],
                },
            }
            for name in ("background", "foreground")
        },
        "test_time": {"start": [0.25] * 4, "final": [0, 1, 0, 0], "best_ids": [1, 3], "best_weights": [0.75, 0.25]},
    },
}
SEVERAL["form"] |= {"sources": ["here", "there"]}
_SCORED = ("test", "cases", "patient_cases", "hd95", "masks", "nsd", "recalibration")
SEVERAL["ways"] = {
    "none": {"passes": 1, "validation_dice": 0.5, "tea": None, **dict.fromkeys(_SCORED)},
    "flips": {
        "passes": 4, "validation_dice": None, "tea": {"ids": [0, 3], "weights": [0.75, 0.25]},
        **{name: copy.deepcopy(SEVERAL.get(name)) for name in _SCORED},
    },
    "learned": None,
}  # fmt: skip
SEVERAL["run"]["seconds_per_image"] = {"none": 0.01, "flips": 0.04}
DIVERGED = {
    **ONE, "status": "diverged", "test": None, "augmentation": None,
    **dict.fromkeys(("cases", "patient_cases", "hd95", "masks", "nsd", "recalibration")),
}  # fmt: skip


def at(one, path, value):
    """A copy with another value there."""
    changed = copy.deepcopy(one)
    *way, last = path
    inner = changed
    for key in way:
        inner = inner[key]
    inner[last] = value
    return changed


def test_what_trials_leave_fits():
    golden = [json.loads(path.read_bytes()) for path in (ROOT / "tests/experiment/golden").rglob("record.json")]
    assert len(golden) == 2
    for one in (ONE, SEVERAL, DIVERGED, *golden):
        check(one)
        check({**one, "of a newer version": [1, {"a": None}]})


@pytest.mark.parametrize(
    "name", ["red(p=0.5)", "dice/rv", "肺", "легкое", " ", "\U0001f984", "e\u0301", "../../x", "<b>&'\""]
)
def test_a_name_may_hold_whatever_can_be_seen(name):
    assert is_name(name)
    check({**ONE, "task": name, "strategy": name})


@pytest.mark.parametrize(
    "sign", ["\0", "\x1b", "\n", "\r", "\t", "\x7f", "\x85", "\x9b", "\u2028", "\u2029", "\u202e", "\u2066"]
)
@pytest.mark.parametrize("place", ["{}a", "a{}b", "a{}", "{}"])
def test_a_name_holds_nothing_that_a_terminal_obeys(sign, place):
    assert not is_name(place.format(sign))
    for key in ("task", "model", "strategy"):
        with pytest.raises(ValueError, match=f"{key} is .* a control character"):
            check({**ONE, key: place.format(sign)})


SENSELESS = [  # place, value, what is said
    (("size",), 10**20, "size is 100000000000000000000"),
    (("size",), 1e20, "size is 1e"),
    (("size",), 4.5, "size is 4.5, expected `int`"),
    (("size",), -4, "size is -4, expected `int` >= 1"),
    (("size",), 0, "size is 0"),
    (("size",), True, "size is true"),
    (("size",), "4", "size is"),
    (("seed",), -1, "seed is -1"),
    (("seed",), 2**63, "seed is"),
    (("schema",), True, "schema is true"),
    (("id",), "../../x", "id is"),
    (("id",), "", "id is"),
    (("status",), "fine", "status is"),
    (("test", "best", "dice"), 7, "test.best.dice is 7, expected `float` <= 1.0"),
    (("test", "last", "dice/rv"), 1.1, "test.last.dice/rv is 1.1"),
    (("test", "best", "bce"), 1e308, r"test.best.bce is 1e\+308"),
    (("test", "best", "bce"), -0.1, "test.best.bce is -0.1"),
    (("test", "best", "hd95"), -1, "test.best.hd95 is -1"),
    (("test", "best", "hd95"), float("inf"), "test.best.hd95"),
    (("test", "best", "dice"), float("nan"), "test.best.dice"),
    (("test", "best", "of_the_future"), "good", "test.best.of_the_future"),
    (("test", "best"), [0.5], "test.best"),
    (("cases", "dice", 3), 7, r"cases.dice\[3\]"),
    (("cases", "dice"), [0.5], "cases: 'dice' has 1 entries and 'ids' has 12"),
    (("cases", "patients"), ["p"], "cases: 'patients' has 1 entries"),
    (("cases", "ids"), None, "cases.ids"),
    (("history", "training_loss"), [0.1] * 17, "history: 'training_loss' has 17 entries and 'update' has 16"),
    (("history", "validation_dice"), [7], r"history.validation_dice\[0\]"),
    (("history", "update", 0), 1.5, r"history.update\[0\]"),
    (("reference", "atlas_dice"), 2, "reference.atlas_dice is 2"),
    (("reference", "missed"), 2, "'missed' is no name of a measure"),
    (("training", "updates"), 2**53, "training.updates is"),
    (("training", "stopped"), "early", "training.stopped is"),
    (("labels", "training"), -1, "labels.training is -1"),
    (("config", "protocol", "seeds_per_subset"), 0, "config.protocol.seeds_per_subset is 0"),
    (("saw",), {"external images": {"images": -1, "patients": 1}}, r"images: expected `int` >= 0"),
    (("saw",), {"external images": {"images": 1}}, "patients"),
    (("learned",), [{"artefact": "g-1", "kind": "g", "health": {"spread": "wide"}}], r"health.*expected `float"),
    (("learned",), [{"artefact": "g-1", "kind": "g"}], "health"),
    (("run", "learning_cpu_seconds"), -1.0, "learning_cpu_seconds is -1"),
    (("masks",), {name: [1, 2] for name in COUNTS}, "'shown' is not of 1 structure"),
    (("form",), {"structures": []}, "form.structures"),
    (("form",), {"structures": ["a\n"]}, "form.structures"),
    (("run", "seconds", "total"), -5, "run.seconds.total is -5"),
    (("run", "versions"), {"torch": 2}, "run.versions"),
]  # fmt: skip


@pytest.mark.parametrize(("place", "value", "said"), SENSELESS)
def test_what_no_trial_can_have_left_is_named(place, value, said):
    with pytest.raises(ValueError, match=said):
        check(at(ONE, place, value))


SENSELESS_BANK = [  # of `SEVERAL`
    (("images", "synthetic", "used"), 4, "images.synthetic is .*, 4 made, 3 kept, 4 used: want fewer"),
    (("images", "labelled"), -1, "images.labelled is -1"),
    (("bank", "scores", 0, 1), 1.5, r"bank.scores.*expected `float` <= 1.0"),
    (("bank", "scores", 2), [0.5], "bank: 'made', 'scores' and 'chosen' tell of different numbers"),
    (("bank", "chosen", 1), [True], "bank: 'made', 'scores' and 'chosen' tell of different numbers"),
    (("bank", "kept"), [1, 0, 1, 0], "bank: 'kept' does not count what is 'chosen'"),
    (("bank", "measures", "kid"), "small", "bank.measures"),
    (("bank", "per_image"), 0, "bank.per_image is 0"),
    (("subset", "ids"), ["a", "b", "c"], "'bank' tells of 4 images, and 'subset' has 3"),
]


@pytest.mark.parametrize(("place", "value", "said"), SENSELESS_BANK)
def test_of_a_bank_too(place, value, said):
    with pytest.raises(ValueError, match=said):
        check(at(SEVERAL, place, value))


OF = ("policies", "classes", "background")
SENSELESS_POLICIES = [  # of `SEVERAL`
    (("policies", "axes"), 4, "policies.axes is 4"),
    (("policies", "beta_updates"), -1.0, "policies.beta_updates is -1.0"),
    (("policies", "groups", "flip"), ["identity"], "'start' of background has 2 probabilities in flip, of 1 options"),
    (("policies", "classes"), {}, "'classes' are : want all, or background and foreground"),
    ((*OF, "rows"), -1, "rows: expected `int` >= 0"),
    ((*OF, "start", "flip"), [0.5, 0.4], "flip of 'start' of background sums to 0.9: want 1"),
    ((*OF, "final", "flip"), [1.5, -0.5], "final.*expected `float` <= 1.0"),
    ((*OF, "final", "flip"), [0.5, 0.25, 0.25], "'final' of background has 3 probabilities in flip, of 2 options"),
    ((*OF, "best"), {"flip": [1, 0]}, "'best' of background has the groups flip: want flip, gamma"),
    ((*OF, "snapshots", "update"), [0], "'snapshots' of background has lists of"),
    ((*OF, "snapshots", "update"), [256, 0], "want numbers that ascend"),
    ((*OF, "snapshots", "flip"), [0, 256], "a snapshot of background has 0 probabilities in flip"),
    ((*OF, "snapshots", "flip"), [[1, 0], [1, 1]], "flip of a snapshot of background sums to 2: want 1"),
    (("policies", "test_time", "start"), [0.5, 0.5], "'start' has 2 operations and 'final' has 4"),
    (("policies", "test_time", "final"), [0.5, 0.5, 0.5, 0], "final sums to 1.5: want 1"),
    (("policies", "test_time", "best_ids"), [1, 4], "want different ones below 4"),
    (("policies", "test_time", "best_ids"), [1, 1], "want different ones below 4"),
    (("policies", "test_time", "best_ids"), [1], "1 'best_ids', and 2 'best_weights'"),
    (("policies", "test_time", "best_weights"), [1, 1], "best_weights sums to 2: want 1"),
]


@pytest.mark.parametrize(("place", "value", "said"), SENSELESS_POLICIES)
def test_of_policies_too(place, value, said):
    with pytest.raises(ValueError, match=said):
        check(at(SEVERAL, place, value))


def test_policies_may_be_lacking_not_finite_of_one_class_and_without_one_at_test_time():
    check({key: value for key, value in SEVERAL.items() if key != "policies"})
    check({**SEVERAL, "policies": None})
    one = {"all": SEVERAL["policies"]["classes"]["background"]}
    check({**SEVERAL, "policies": {**SEVERAL["policies"], "classes": one, "test_time": None}})


@pytest.mark.parametrize("key", ["id", "status", "task", "size", "seed", "test", "cases", "training", "run", "history"])
def test_a_key_that_is_lacking_is_named(key):
    with pytest.raises(ValueError, match=f"missing required field `{key}`"):
        check({name: value for name, value in ONE.items() if name != key})


@given(
    measure=st.sampled_from(MEASURES),
    value=st.floats(allow_nan=False, allow_infinity=False),
    of=st.sampled_from(["", "/rv"]),
)
def test_a_measure_lies_in_its_range_and_nowhere_else(measure, value, of):
    low, high = measure.range
    for place in (("test", "best"), ("cases",)):
        told = at(ONE, (*place, measure.key + of), value if place[0] == "test" else [value] * 12)
        if low <= value <= high:
            check(told)
        else:
            with pytest.raises(ValueError, match=measure.key):
                check(told)


def test_every_error_that_float32_holds_is_in_range():
    assert {measure.range for measure in MEASURES} == {(0.0, 1.0), (0.0, LARGEST)}
    check(at(ONE, ("test", "best", "bce"), LARGEST))


def _places(value, path=()):
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for key, one in inner:
        yield from _places(one, (*path, key))


PLACES = [path for path in _places(SEVERAL) if path]
ODD = [10**20, 10**400, 2**63, -1, 4.5, 1e308, -1e308, True, None, "", "x\x1b", [], {}, [[]], {"a": [None]}, [1, 2, 3]]


@settings(max_examples=300)
@given(path=st.sampled_from(PLACES), value=st.sampled_from(ODD))
def test_what_is_taken_fits_into_every_table(path, value):
    """Whatever is put where: it is refused with a reason, or each table has a row of it."""
    try:
        told = parse_json(json.dumps(at(SEVERAL, path, value)))
        check(told)
    except ValueError:
        return
    for part in (module._TRIALS, module._CASES, module._DETAILS):
        assert len(part.table(part.rows_of({**told, "checksum": "0"}))) == len(told.get("ways", "1"))


@settings(max_examples=12)
@given(path=st.sampled_from(PLACES), value=st.sampled_from(ODD))
def test_one_senseless_place_costs_one_record(small, path, value):
    """The record is as good as the others, or it is named; the others are read as before."""
    store, before = small
    told = at(SEVERAL, path, value)
    file = store.record_path("spoiled")
    file.write_bytes(sealed(told if path == ("id",) else {**told, "id": "spoiled"}))
    snapshot = Snapshot(store.folder, quiet=True)
    table, left_out = snapshot.plain_trials(), snapshot.left_out
    assert set(left_out) <= {"spoiled"}
    assert len(table) + len(left_out) == len(before) + 1
    assert all(isinstance(error, DamagedRecord) and str(file) in str(error) for error in left_out.values())
    assert len(snapshot.trials()) == len(table) + (not left_out) * (len(told.get("ways", "1")) - 1)
    others = table[table["id"] != "spoiled"].reset_index(drop=True)
    assert others[before.columns].equals(before)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A study of four trials, its table, and a folder for one more."""
    store = write_study(tmp_path_factory.mktemp("small"), sizes=(1, 2), seeds=1)
    store.record_path("spoiled").parent.mkdir()
    return store, Snapshot(store.folder).trials()


@pytest.mark.parametrize("inside", [b' "seed": 0', b'"total": 20.9', b'"dice":'])
def test_a_key_that_stands_twice_is_refused_wherever_it_is(tmp_path, inside):
    store = Store(tmp_path)
    store.write_record(ONE)
    path = store.record_path(ONE["id"])
    whole = path.read_bytes()
    assert inside in whole
    again = inside if inside[-1:] != b":" else inside + b" 0.5"
    body = whole[: whole.rindex(b',\n "checksum"')].replace(inside, again + b", " + inside, 1)
    path.write_bytes(resealed(body))
    with pytest.raises(DamagedRecord, match=r"record.json.*stands twice in one object"):
        read_record(path)


def resealed(body: bytes) -> bytes:
    return body + b',\n "checksum": "%s"\n}' % sha256(body).hexdigest().encode()


def test_a_record_in_a_folder_of_another_name_does_not_count(tmp_path):
    store = write_study(tmp_path, sizes=(1,), seeds=2)
    before = Snapshot(tmp_path).trials()
    path = store.record_path(before["id"][0])
    for name in (f"{path.parent.name} (conflicted copy 2026-11-29)", f"{path.parent.name} 2", "x"):
        store.record_path(name).parent.mkdir()
        store.record_path(name).write_bytes(path.read_bytes())
    snapshot = Snapshot(tmp_path)
    assert snapshot.trials().equals(before)
    assert {str(error.file) for error in snapshot.left_out.values()} == {
        str(store.record_path(name)) for name in snapshot.left_out
    }
    assert len(snapshot.left_out) == 3
    assert all("in a folder of another name" in str(error) for error in snapshot.left_out.values())


def test_what_is_no_file_or_without_measure_is_left_out_at_once(tmp_path):
    store = write_study(tmp_path, sizes=(1,), seeds=2)
    one, other = (store.record_path(trial["id"]) for trial in store.plan()["trials"][:2])
    one.unlink()
    os.mkfifo(one)
    with other.open("wb") as file:
        file.truncate(2**40)
    snapshot = Snapshot(tmp_path)
    assert len(snapshot.trials()) == 2
    assert "no regular file" in str(snapshot.left_out[one.parent.name])
    assert "1099511627776 bytes" in str(snapshot.left_out[other.parent.name])
    other.unlink()
    other.mkdir()
    (error,) = (why for trial, why in Snapshot(tmp_path).left_out.items() if trial == other.parent.name)
    assert isinstance(error, DamagedRecord), "it is made again, and this set aside"
    take(one.parent, this_process(), None).path.unlink()
    os.mkfifo(one.parent / "lease.1.json")
    assert look(one.parent).owner is None


def test_a_result_that_is_no_valid_record_is_kept_and_told(tmp_path):
    store = Store(tmp_path)
    with pytest.raises(DataError, match=r"damaged-1.json: is no valid record \(test.best.dice is 7") as raised:
        store.write_record(at(ONE, ("test", "best", "dice"), 7))
    assert "this is a fault of segaug" in str(raised.value)
    kept = store.record_path(ONE["id"]).with_name("damaged-1.json")
    assert json.loads(kept.read_bytes())["test"]["best"]["dice"] == 7
    assert not store.finished(ONE["id"])


def test_rows_of_before_records_were_checked_are_not_trusted(tmp_path):
    store = write_study(tmp_path, sizes=(1,), seeds=1)
    spoiled = store.records()[0]
    store.record_path(spoiled["id"]).write_bytes(sealed(at(spoiled, ("test", "best", "dice"), 7)))
    table = Snapshot(tmp_path).trials()
    part = module._TRIALS
    file = module.read_sealed(tmp_path / part.name, part.schema, None, part.measured)
    names = [{module._SEALED: "checksum"}.get(name, name) for name in file.column_names]
    module.write_sealed(tmp_path / part.name, file.rename_columns(names))
    assert Snapshot(tmp_path).trials().equals(table)


def test_sources_are_those_of_the_form():
    with pytest.raises(ValueError, match="'sources' has here, there, and 'form' has"):
        check({**SEVERAL, "form": {**SEVERAL["form"], "sources": ["there", "here"]}})


def test_the_published_schema_is_that_of_the_code():
    told = json.loads((ROOT / "docs/record.schema.json").read_bytes())
    assert told == json_schema.of_record(), "python -m segaug.results.json_schema > docs/record.schema.json"


def test_the_published_schema_says_every_key():
    """Keys of records, each with its type; those of measures by their pattern."""
    told = json_schema.of_record()["$defs"]
    assert set(SEVERAL) == set(told["Record"]["properties"])
    assert set(ONE["run"]["seconds"]) == set(told["Times"]["properties"])
    assert set(ONE["training"]) | {"images"} == set(told["Training"]["properties"])
