"""Targets that segaug wrote itself: records, plans, snapshots, artefacts, momenta, decoded images, cards."""

import json
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch
from hypothesis import strategies as st
from safetensors.torch import save

from segaug.augment.artefact import Artefact, Content, quiet, unkept
from segaug.cli.study_state import study_state
from segaug.data.cache import load_cached, store_cached
from segaug.data.decode import Decoded
from segaug.errors import UserError
from segaug.experiment.artefacts import file as artefact_file
from segaug.experiment.artefacts.file import encode, read
from segaug.registration import momentum_file
from segaug.registration.modes import Modes
from segaug.registration.momentum_file import ImageId, StoredMomentum, load_momentum, save_momentum
from segaug.report.data.cards import read_card
from segaug.results.json_file import sealed
from segaug.results.lease import look
from segaug.results.owner import this_process
from segaug.results.plan_pieces import _digest
from segaug.results.sealed_parquet import read_sealed
from segaug.results.snapshot import Snapshot
from segaug.results.store import Store
from segaug.results.trial_row import trial_row
from tests.fuzz.mutations import DEEP_JSON, spoiled, spoiled_json
from tests.fuzz.target import Target
from tests.synthetic import failure, record, write_study

_COUNTS = dict.fromkeys(("shown", "missed", "astray", "invented", "flooded"), 1)
RECORD = {  # with every key that there is
    **record("task", "nnunet", "red", 4, 0),
    "id": "a",
    "form": {"channels": 1, "structures": ["lung"], "size": [64, 64], "sources": ["base"]},
    "patient_cases": {"patients": ["p", "q"], "dice_patient": [0.5, None]},
    "masks": {"cases": 12, **_COUNTS},
    "nsd": {"unit": "px", "tolerance": 2.0},
}
RECORD["run"]["code"] = {"version": "1", "commit": None, "changed": None, "hash": "h"}
PLAN = {
    "schema": 1, "order": 1, "trials": [{"id": "a", "task": "t", "model": "m", "strategy": "s", "size": 1, "seed": 0}],
    "skipped": [{"task": "t", "size": 512, "pool": 80}], "tracker": None, "command": "segaug train",
}  # fmt: skip
LEASE = {"generation": 1, "owner": this_process().as_json(), "beat": 3, "released": False}
TENSORS = {"momentum": torch.zeros(2, 2, 17, 17).half(), "other": torch.ones(3)}


def written(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def _json_inputs(value: Any, seal: Callable[[Any], bytes] | None = None) -> st.SearchStrategy[bytes]:
    def dumped(tree: Any) -> bytes:
        with suppress(TypeError, ValueError, KeyError):  # what cannot be sealed is tried as it is
            if seal:
                return seal(tree)
        return json.dumps(tree).encode()

    whole = dumped(value)
    return st.one_of(spoiled_json(value).map(dumped), spoiled([whole]), st.sampled_from(DEEP_JSON))


def _read_record(folder: Path, data: bytes) -> None:
    store = Store(folder / "study")
    written(store.record_path("a"), data)
    store.finished("a")
    trial_row(store.record("a"))


def _read_among_others(folder: Path, data: bytes) -> None:
    """Whatever the file holds, the others are read, and it is one more or named; no error but that."""
    store = Store(folder / "others")
    if not store.folder.exists():
        write_study(store.folder, sizes=(1, 2), seeds=1)
    written(store.record_path("a"), data)
    snapshot = Snapshot(store.folder, quiet=True)
    try:
        trials, left_out = snapshot.trials(), snapshot.left_out
        assert set(trials["id"]) | {"a"} == {*(one["id"] for one in store.plan()["trials"]), "a"}
        assert len(trials) + len(left_out) == 5
        assert len(snapshot.columns()) == len(trials)
        snapshot.cases("bce")
        study_state(store)
    except UserError as error:
        raise AssertionError(f"a bad record stops a study: {error}") from error


def _read_failure(folder: Path, data: bytes) -> None:
    store = Store(folder / "failures")
    written(store.failure_path("a"), data)
    store.failures()


def _read_lease(folder: Path, data: bytes) -> None:
    seen = look(written(folder / "trial" / "lease.1.json", data).parent)
    assert seen is not None
    assert isinstance(seen.is_over, bool)


def _read_plan(folder: Path, data: bytes) -> None:
    """Under the name that a spoiled piece has by its content, where it has one, and under that of the whole one."""
    for path in (folder / "study/plan").glob("*.json"):
        path.unlink()
    name = "0" * 16
    with suppress(ValueError, AttributeError, RecursionError):
        name = _digest(json.loads(data))
    written(folder / f"study/plan/{name}.json", data)
    Store(folder / "study").plan()


def _study_file(name: str) -> bytes:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        write_study(Path(folder), sizes=(1, 2), seeds=2)
        Snapshot(folder).trials()
        return (Path(folder) / name).read_bytes()


def _resealed(data: bytes) -> bytes:
    """A parquet file whose seal fits again, so that what is behind it is parsed."""
    mark = b"segaug.sha256."
    at = data.rfind(mark) + len(mark)
    if at < len(mark) or at + 64 > len(data):
        return data
    blank = data[:at] + b"0" * 64 + data[at + 64 :]
    return data[:at] + sha256(blank).hexdigest().encode() + data[at + 64 :]


def _read_parquet(name: str) -> Callable[[Path, bytes], object]:
    from segaug.results import snapshot

    part = snapshot._TRIALS if name == "snapshot.parquet" else snapshot._CASES
    return lambda folder, data: read_sealed(written(folder / name, data), part.schema, None, part.measured)


def _artefact() -> Artefact:
    def make(previous: Content | None, tell: object, keep: object) -> Content:
        return Content(dict(TENSORS), {"targets": ["a", "b"], "failed": None})

    return Artefact("toy", {"version": 1}, make)


def _artefact_inputs() -> st.SearchStrategy[bytes]:
    artefact = _artefact()
    whole = encode(artefact, artefact.make(None, quiet, unkept))

    def again(told: dict[str, Any]) -> bytes:
        texts = {name: json.dumps(told.get(name, "")) for name in ("format", "kind", "key", "facts")}
        return save(TENSORS, metadata={**texts, "checksum": artefact_file._checksum(texts, TENSORS)})

    told = {"format": 1, "kind": "toy", "key": {"version": 1}, "facts": {"targets": ["a"], "failed": None}}
    return st.one_of(spoiled([whole]), spoiled_json(told).map(again))


def _read_artefact(folder: Path, data: bytes) -> None:
    artefact = _artefact()
    content = read(written(folder / "a.safetensors", data), artefact)
    assert content.failed is None or isinstance(content.failed, str)


def _momentum_inputs() -> st.SearchStrategy[bytes]:
    import tempfile

    stored = StoredMomentum(
        torch.zeros(2, 17, 17), Modes((96, 128)), ImageId("a", "0" * 64), ImageId("b", "1" * 64), 1.0, 0.5,
        ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        save_momentum(Path(folder) / "a", stored)
        whole = (Path(folder) / "a").read_bytes()
    tensors = {"momentum": stored.momentum.half()}
    facts = {
        "modes": {"size": [96, 128], "k": 8, "ell": 0.1, "s": 2.0}, "affine": None, "guard_factor": 1.0,
        "objective": 0.5, "moving": {"name": "a", "sha256": "0"}, "fixed": {"name": "b", "sha256": "1"},
    }  # fmt: skip

    def again(told: Any) -> bytes:
        text = json.dumps(told)
        head = {"format": momentum_file.FORMAT, "facts": text}
        return save(tensors, metadata={**head, "checksum": momentum_file._checksum(text, tensors["momentum"])})

    return st.one_of(spoiled([whole]), spoiled_json(facts).map(again))


def _cache_inputs() -> st.SearchStrategy[bytes]:
    import tempfile

    decoded = Decoded(torch.zeros(3, 1, 4, 4), torch.zeros(3, 1, 4, 4), torch.ones(3, 2), "h", 0)
    with tempfile.TemporaryDirectory() as folder:
        store_cached(Path(folder) / "a", decoded)
        return spoiled([(Path(folder) / "a").read_bytes()])


def _card_inputs() -> st.SearchStrategy[tuple[bytes, bytes]]:
    card = {"modality": "MRI", "images": 3, "parts": {"test": 1}, "pixel_mm": [1.0, 2.0], "foreground_share": 0.1}
    image = torch.zeros(2, 8, 8)
    tensors = {
        "image": image,
        "label": image.byte(),
        "red/image": image[:, None].clone(),
        "red/label": image[:, None].byte(),
    }
    return st.tuples(_json_inputs(card), spoiled([save(tensors)]))


def _read_cards(folder: Path, data: tuple[bytes, bytes]) -> None:
    written(folder / "cards/task/card.json", data[0])
    written(folder / "cards/task/examples.safetensors", data[1])
    read_card(folder, "task")


def _parquet_inputs(name: str) -> Callable[[], st.SearchStrategy[bytes]]:
    return lambda: spoiled([_study_file(name)]).map(_resealed)


STORED = [
    Target("record", lambda: _json_inputs(RECORD, sealed), _read_record),
    Target("record among others", lambda: _json_inputs(RECORD, sealed), _read_among_others, weight=0.3),
    Target("failure", lambda: _json_inputs({"schema": 1, **failure("a"), "kind": "oom"}), _read_failure),
    Target("lease", lambda: _json_inputs(LEASE), _read_lease),
    Target("plan", lambda: _json_inputs(PLAN), _read_plan),
    Target("snapshot.parquet", _parquet_inputs("snapshot.parquet"), _read_parquet("snapshot.parquet")),
    Target("cases.parquet", _parquet_inputs("cases.parquet"), _read_parquet("cases.parquet")),
    Target("artefact", _artefact_inputs, _read_artefact),
    Target("momentum", _momentum_inputs, lambda folder, data: load_momentum(written(folder / "m", data))),
    Target("decoded images", _cache_inputs, lambda folder, data: load_cached(written(folder / "d", data))),
    Target("card", _card_inputs, _read_cards),
]
