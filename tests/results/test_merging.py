"""A merge takes every valid record as it is, loses none, changes none, and says what does not agree."""

import json
import shutil
from pathlib import Path

import pytest

from segaug.cli import main as cli
from segaug.results.beside import BESIDE
from segaug.results.gathered import gather
from segaug.results.json_file import sealed
from segaug.results.merging import NEW, RIVAL, THERE, merge
from segaug.results.shard import Shard
from segaug.results.store import Store
from tests.drills.faults import crash_images
from tests.synthetic import record, replace_record
from tests.tiny import volatile_free

KEYS = ("id", "task", "model", "strategy", "size", "seed")
TRIALS = [record("thorax", "nnunet", "red", size, seed) for size in (2, 4) for seed in range(6)]
OF = 3
COMMAND = "segaug train -m name=main"


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def shards():
    return [write(f"shard-{number}", Shard(number, OF)) for number in range(1, OF + 1)]


def write(folder: str, shard: Shard | None = None, trials=TRIALS, command=COMMAND) -> Store:
    store = Store(Path(folder))
    told = {"shard": str(shard), "command": f"{command} shard={shard}"} if shard else {"command": command}
    store.add_plan({"trials": [{key: one[key] for key in KEYS} for one in trials], **told})
    for one in trials:
        if shard is None or shard.holds(one["id"]):
            store.write_record(one)
    return store


def files(folder: Path) -> dict[str, bytes]:
    names = ("record.json", "failure.json", "weights.safetensors")
    kept = [*folder.glob("plan/*.json"), *folder.glob("cards/*/*")]
    kept += [path for path in folder.glob("trials/*/*") if path.name in names or path.name.startswith("other-")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in kept}


def records(folder: Path) -> dict[str, dict]:
    return {one["id"]: volatile_free(one) for one in Store(folder).records()}


def together(*stores: Store, into="whole"):
    return merge([gather(store.folder) for store in stores], Path(into))


def test_a_shard_asks_its_folder_for_its_own_trials_alone(shards):
    plans = [store.plan() for store in shards]
    assert sum(len(plan["trials"]) for plan in plans) == len(TRIALS)
    assert [plan["shards"] for plan in plans] == [["1/3"], ["2/3"], ["3/3"]]
    assert {len(plan["trials"]) + plan["elsewhere"] for plan in plans} == {len(TRIALS)}


def test_all_shards_are_the_study_as_one_command_writes_it(shards):
    whole = write("once", command=f"{COMMAND} output=whole")
    together(*shards)
    assert files(Path("whole")) == files(whole.folder)
    assert Store("whole").plan() == whole.plan()


def test_a_shard_that_is_not_there_is_missing_from_the_study(shards):
    together(shards[0], shards[2])
    plan = Store("whole").plan()
    assert {one["id"] for one in plan["trials"]} == {one["id"] for one in TRIALS}
    assert (plan["shards"], plan["elsewhere"]) == ([], 0)
    assert plan["command"] == f"{COMMAND} output=whole"
    assert records(Path("whole")).keys() == records(Path("shard-1")).keys() | records(Path("shard-3")).keys()


def test_merging_again_changes_nothing_and_folders_stay_as_they_are(shards):
    before = [files(store.folder) for store in shards]
    counts = together(*shards)
    assert [set(one) for one in counts if one] == [{NEW}] * OF
    merged = files(Path("whole"))
    assert sum(one[THERE] for one in together(*shards)) == len(TRIALS)
    assert files(Path("whole")) == merged
    assert [files(store.folder) for store in shards] == before


def test_another_result_is_kept_beside_the_first_and_told(shards, capsys):
    other = Store("other")
    (held, *_) = shards[0].records()
    other.add_plan({"trials": [{key: held[key] for key in KEYS}]})
    replace_record(other, {**held, "status": "diverged"})
    together(shards[0])
    assert together(other) == [{RIVAL: 1}]
    assert together(other) == [{THERE: 1}], "a rival is kept once"
    assert Store("whole").record(held["id"])["status"] == "ok"
    (rival,) = Store("whole").rivals(held["id"])
    assert rival.differs == ("status",)
    assert cli.main(["merge", "other", "--into", "./whole"]) == 1
    assert f"differs: {held['id']}: status (whole/trials/{held['id']}/other-1.json)" in capsys.readouterr().out


def test_the_same_result_of_another_machine_is_no_rival(shards):
    (held, *_) = shards[0].records()
    other = write("other", trials=[{**held, "run": {**held["run"], "host": "elsewhere"}}])
    assert together(shards[0], other)[1] == {THERE: 1}
    assert Store("whole").record(held["id"])["run"]["host"] == "node"
    assert Store("whole").rivals(held["id"]) == []


def test_rivals_of_a_folder_come_with_it(shards):
    (held, *_) = shards[0].records()
    shards[0].write_record({**held, "status": "diverged"})
    together(*shards)
    assert [rival.differs for rival in Store("whole").rivals(held["id"])] == [("status",)]


def damaged(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"status": "ok"', b'"status": "no"'))


def misplaced(path: Path) -> None:
    path.write_bytes(sealed({**json.loads(path.read_bytes()), "id": "another"}))


def of_another_schema(path: Path) -> None:
    path.write_bytes(sealed({**json.loads(path.read_bytes()), "schema": 99}))


def empty(path: Path) -> None:
    path.write_bytes(b"")


def senseless(path: Path) -> None:
    path.write_bytes(sealed({"id": path.parent.name, "schema": 1, "run": []}))


def named_for_terminals(path: Path) -> None:
    path.write_bytes(sealed({**json.loads(path.read_bytes()), "id": "\x1b[2Jx"}))


def linked(path: Path) -> None:
    path.rename(path.parents[2] / "elsewhere")
    path.symlink_to((path.parents[2] / "elsewhere").resolve())


BAD = [damaged, misplaced, of_another_schema, empty, senseless, named_for_terminals, linked]


@pytest.mark.parametrize("spoil", BAD)
def test_a_bad_record_is_named_and_left_out_and_the_rest_goes_on(shards, capsys, spoil):
    (held, *_) = shards[0].records()
    spoil(path := shards[0].record_path(held["id"]))
    assert cli.main(["merge", *(str(store.folder) for store in shards), "--into", "./whole", "--dry-run"]) == 1
    assert not Path("whole").exists()
    assert cli.main(["merge", *(str(store.folder) for store in shards), "--into", "whole"]) == 1
    told = capsys.readouterr().out
    assert f"left out: {path}" in told
    assert "\x1b" not in told
    assert f"1 of {len(TRIALS)} planned trials are missing" in told
    assert records(Path("results/whole")).keys() == {one["id"] for one in TRIALS} - {held["id"]}


def test_a_folder_behind_a_link_is_refused_before_anything_is_written(shards, capsys):
    folder = shards[0].record_path(shards[0].records()[0]["id"]).parent
    folder.rename(shards[0].folder / "elsewhere")
    folder.symlink_to((shards[0].folder / "elsewhere").resolve())
    assert cli.main(["merge", *(str(store.folder) for store in shards), "--into", "whole"]) == 2
    assert f"{folder}: is a link to" in capsys.readouterr().err
    assert not Path("results/whole").exists()


def test_cards_behind_a_link_are_refused_before_anything_is_written(shards, capsys, tmp_path):
    (shards[1].folder / "cards").symlink_to(tmp_path)
    assert cli.main(["merge", *(str(one.folder) for one in shards), "--into", "whole"]) == 2
    assert "is a link" in capsys.readouterr().err
    assert not Path("whole").exists()


def test_a_damaged_record_of_the_study_makes_room(shards):
    together(*shards)
    (held, *_) = shards[0].records()
    damaged(Store("whole").record_path(held["id"]))
    assert together(*shards)[0][NEW] == 1
    assert records(Path("whole")) == {one["id"]: volatile_free(one) for one in TRIALS}


def test_a_damaged_piece_of_a_plan_is_named(shards, capsys):
    (piece,) = (shards[0].folder / "plan").iterdir()
    piece.write_bytes(b"{}")
    assert cli.main(["merge", "shard-1", "shard-2", "--into", "whole"]) == 1
    assert str(piece) in capsys.readouterr().out
    assert records(Path("results/whole")).keys() == records(Path("shard-1")).keys() | records(Path("shard-2")).keys()


def test_a_failure_comes_along_until_a_record_overtakes_it(shards):
    trial = {key: TRIALS[0][key] for key in KEYS}
    failed = [write(f"failed-{number}", trials=[]) for number in range(2)]
    for attempts, store in enumerate(failed, 1):
        for _ in range(attempts):
            store.write_failure({**trial, "error": f"of {attempts}", "finished": "2026"})
    together(*failed)
    assert Store("whole").failure(trial["id"])["error"] == "of 2"
    together(*shards)
    assert Store("whole").failures() == []
    assert together(*failed) == [{}, {}]
    assert not Store("whole").failure_path(trial["id"]).exists()


@pytest.mark.parametrize("name", BESIDE)
def test_what_lies_beside_a_record_comes_with_it(shards, name):
    (held, *_) = shards[0].records()
    path = shards[0].record_path(held["id"]).with_name(name)
    path.write_bytes(b"weights")
    together(shards[0])
    copy = Path("whole/trials", held["id"], path.name)
    assert copy.read_bytes() == b"weights"
    path.write_bytes(b"others")
    together(shards[0])
    assert copy.read_bytes() == b"weights"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"dataset_hash": "e" * 16}, "contents of a data set: thorax: d"),
        ({"protocol_hash": "q"}, "protocols in a curve"),
    ],
)
def test_other_data_or_another_protocol_is_refused_before_anything_is_written(shards, capsys, change, told):
    wrong = write("wrong", trials=[{**TRIALS[0], **change, "id": "x"}])
    assert cli.main(["merge", "shard-1", str(wrong.folder), "--into", "./whole"]) == 2
    shown = capsys.readouterr().err
    assert told in shown
    assert "1 in wrong" in shown
    assert len(shown.splitlines()) == 1
    assert not Path("whole").exists()
    together(*shards)
    before = files(Path("whole"))
    assert cli.main(["merge", "wrong", "--into", "whole"]) == 2
    assert files(Path("whole")) == before


def test_other_code_in_a_curve_is_told_and_merged(shards, capsys):
    old, new = ({**TRIALS[0]["run"], "code": {"hash": name}} for name in ("old", "new"))
    write("a", trials=[{**one, "run": old} for one in TRIALS[:4]])
    write("b", trials=[{**one, "run": new} for one in TRIALS[4:]])
    assert cli.main(["merge", "a", "b", "--into", "whole"]) == 1
    assert "other code: thorax / nnunet / red: old (4 in a), new (8 in b)" in capsys.readouterr().out
    assert len(records(Path("results/whole"))) == len(TRIALS)


@pytest.mark.parametrize(
    ("folder", "into", "told"),
    [
        ("shard-1", "shard-1", "is the study itself"),
        ("shard-1", "shard-2/../shard-1", "is the study itself"),
        ("shard-1", "shard-1/inside", "one inside the other"),
        ("shard-1", ".", "one inside the other"),
        ("nowhere", "whole", "is no study folder"),
        ("shard-1", "full", "is there, and no study folder"),
        ("shard-1", "full/file", "is there, and no study folder"),
    ],
)
def test_a_place_that_cannot_be_is_refused_in_one_sentence(shards, capsys, folder, into, told):
    Path("full").mkdir()
    Path("full/file").write_text("a")
    assert cli.main(["merge", folder, "--into", into]) == 2
    shown = capsys.readouterr().err
    assert told in shown
    assert len(shown.splitlines()) == 1
    assert not Path("shard-1/inside").exists()


def test_wherever_a_merge_is_cut_the_same_merge_ends_it(tmp_path, monkeypatch):
    monkeypatch.setattr("segaug.results.merging._AT_ONCE", 1)  # no file comes while a folder is copied
    shards = [write(f"few-{number}", Shard(number, 2), TRIALS[:4]) for number in (1, 2)]
    together(*shards, into="calm")
    images = crash_images(lambda: together(*shards, into="work"), Path("work"), tmp_path / "images")
    assert len(images) > 20
    expected = records(Path("calm"))
    for image in images[::2]:
        shutil.rmtree("work")
        shutil.copytree(image, "work")
        together(*shards, into="work")
        assert records(Path("work")) == expected
        assert not list(Path("work").glob("trials/*/other-*"))
        assert {one["id"] for one in Store("work").plan()["trials"]} == expected.keys()
