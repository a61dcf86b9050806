"""A file of a submission that is none is named, and the others are read: its numbers, its words and its kind count."""

import json
import os

import pytest

from segaug.cluster.cancel import cancel_study
from segaug.cluster.retry import lost
from segaug.cluster.submission import Submission, submissions
from segaug.errors import DataError
from segaug.results import left_out
from segaug.results.store import Store

FACTS = {
    "schema": 1, "code": "c", "settings": {"timeout_min": 5, "mem_gb": 2}, "packs": [["a"], ["b", "c"]],
    "attempts": {"a": 1}, "scheduler": "paper", "forecast": {"source": "s", "seconds": [[1.0], [1, 2]]}, "later": "key",
}  # fmt: skip
JOB = {"schema": 1, "job": "p0", "first": 0, "tasks": 2}
HELD = {
    "schema": 1,
    "configs": [{"task": "t", "model": "m", "strategy": "s", "content": "c", "config": {}}],
    "trials": [["a", 0, 1, 0]],
}


@pytest.fixture(autouse=True)
def queue(monkeypatch):
    from segaug.cluster.schedulers import SCHEDULERS
    from tests.cluster.paper_queue import PaperQueue

    queue = PaperQueue()
    monkeypatch.setitem(SCHEDULERS, "paper", queue)
    monkeypatch.setattr(left_out, "_warned", set())
    return queue


def write(folder, name, content):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


@pytest.fixture
def good(tmp_path):
    folder = tmp_path / "submissions" / "001-good"
    write(folder, "submission.json", FACTS)
    write(folder, "jobs/00000.json", JOB)
    write(folder, "trials.json", HELD)
    return Submission(folder)


GARBAGE = [b"", b"\xff", b"[]", b"null", b"[" * 100_000, {"schema": 2}, {"schema": True}]
WRONG_FACTS = [
    {"packs": 3}, {"packs": [["../x"]]}, {"packs": [[1]]}, {"packs": None}, {"settings": {"timeout_min": 0}},
    {"settings": {"cpus_per_task": 10**30}}, {"settings": {"setup": "x"}}, {"settings": []}, {"attempts": {"a": -1}},
    {"forecast": {"seconds": [[1]]}}, {"forecast": {"seconds": [[1e300], [1, 1]]}}, {"scheduler": 1},
    {"scheduler": "pigeon"},
]  # fmt: skip
WRONG_JOBS = [
    {"job": "--user=root"}, {"job": "1,2 -u x"}, {"job": "1\n2"}, {"job": ""}, {"job": 12}, {"first": -1}, {"first": 1},
    {"tasks": 10**18}, {"tasks": 0}, {"tasks": 1.5},
]  # fmt: skip


@pytest.mark.parametrize("wrong", [*GARBAGE, *({**FACTS, **one} for one in WRONG_FACTS)], ids=repr)
def test_facts_that_are_none_are_named_and_the_rest_is_read(good, wrong, caplog):
    write(good.study, "submissions/002-bad/submission.json", wrong)
    assert submissions(good.study) == [good]
    assert "002-bad" in caplog.text


@pytest.mark.parametrize("wrong", [*GARBAGE, *({**JOB, **one} for one in WRONG_JOBS)], ids=repr)
def test_jobs_that_are_none_are_named_and_the_rest_is_ended(good, wrong, caplog, queue):
    write(good.folder, "jobs/00001.json", wrong)
    assert good.jobs() == [JOB]
    assert "00001.json" in caplog.text
    queue.tasks = {"p0_0": [], "p0_1": [], "p1_0": []}
    Store(good.study).add_plan({})
    assert cancel_study(good.study).startswith("2 jobs ended")
    assert list(queue.tasks) == ["p1_0"]


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: os.symlink("/dev/zero", path), os.mkdir])
@pytest.mark.parametrize("name", ["submission.json", "jobs/00001.json"])
def test_what_is_no_file_is_named(good, name, make, caplog):
    folder = good.study / "submissions" / "002-bad"
    write(folder, "submission.json", FACTS)
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    make(path)
    assert lost(Store(good.study)) == {"a", "b", "c"}
    for one in submissions(good.study):
        one.jobs()
    assert str(path) in caplog.text


@pytest.mark.parametrize("name", ["submissions/002-bad", "submissions/002-bad/jobs"])
def test_a_folder_behind_a_link_is_named(good, name, tmp_path, caplog):
    write(good.study, "submissions/002-bad/submission.json", FACTS)
    (good.study / name).exists() and (good.study / name).rename(tmp_path / "away")
    (good.study / name).symlink_to(tmp_path / "away")
    assert submissions(good.study) == [good]
    assert "is a link" in caplog.text


@pytest.mark.parametrize(
    "wrong",
    [
        *GARBAGE, {**HELD, "configs": []}, {**HELD, "trials": [["a", 0, 0, 0]]}, {**HELD, "trials": [["..", 0, 1]]},
        HELD, {**HELD, "configs": [{**HELD["configs"][0], "config": {"dataset": {"is": "os.system"}}}]},
    ],
    ids=repr,
)  # fmt: skip
def test_trials_that_are_none_end_their_job_in_words(good, wrong):
    write(good.folder, "trials.json", wrong)
    with pytest.raises(DataError, match=r"trials\.json: .*submit the study again"):
        good.trials()
