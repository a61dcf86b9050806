"""`segaug sync` with real clients against a stand-in server that may be slow, broken, busy or away."""

import shutil
import time
from argparse import ArgumentParser
from pathlib import Path

import pytest

from segaug.cli import sync as command
from segaug.errors import UserError
from segaug.results.mirror import publish as publish_module
from segaug.results.mirror import publisher as publisher_module
from segaug.results.mirror import remote as remote_module
from segaug.results.mirror import sync as sync_module
from segaug.results.mirror.sync import sync_study
from segaug.results.store import Store
from segaug.results.tracker import WandbTracker
from tests.synthetic import record, write_study
from tests.wandb_server import KEY, WandbServer, account, serving

CELLS = 4  # 2 strategies, 2 sizes


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    import wandb

    server = WandbServer()
    with serving(server), account(server.url, tmp_path_factory.mktemp("home")):
        yield server
        wandb.teardown()


@pytest.fixture
def server(shared, monkeypatch):
    """A good, empty server, and little patience with it."""
    fresh = vars(WandbServer(url=shared.url))
    vars(shared).update(fresh)
    monkeypatch.setattr(publish_module, "INIT_TIMEOUT_S", 1.5)
    monkeypatch.setattr(publish_module, "FINISH_TIMEOUT_S", 3.0)
    monkeypatch.setattr(publisher_module, "RUNS_PER_S", 1000.0)
    monkeypatch.setattr(remote_module, "TIMEOUT_S", 3)
    monkeypatch.setattr(sync_module, "ATTEMPTS", 1)
    return shared


@pytest.fixture
def store(tmp_path):
    return write_study(tmp_path / "pilot", sizes=(1, 4), seeds=2)


@pytest.fixture
def fresh_client():
    """The client remembers server and key of its first use."""
    import wandb
    from wandb.sdk.lib import wbauth

    wandb.teardown()
    wbauth.unauthenticate_session()
    yield
    wandb.teardown()


def sync(store, **options):
    found = sync_study(store, WandbTracker(mode="online", **options), sleep=lambda _: None)
    return dict(found.counts)


def command_line(*words):
    parser = ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args([str(word) for word in words]))


def test_a_study_is_built_once(store, server):
    assert sync(store) == {"written": CELLS + 1}
    before = server.writes()
    assert sync(store) == {"unchanged": CELLS + 1}
    assert server.writes() == before
    assert {run.state for run in server.runs.values()} == {"finished"}
    assert {run.values["N"] for run in server.of("segaug", "cell")} == {1, 4}


def test_a_machine_that_has_never_written_sends_nothing_twice(store, server):
    sync(store)
    (store.folder / "wandb" / "ledger.json").unlink()
    before = server.writes()
    assert sync(store) == {"unchanged": CELLS + 1}
    assert server.writes() == before


def test_a_new_record_updates_its_run_and_makes_no_second_one(store, server):
    sync(store)
    store.write_record(record("phantom_thorax", "nnunet", "red", 4, 2))
    assert sync(store) == {"written": 1, "unchanged": CELLS}
    assert sorted(run.summary["trials"] for run in server.of("segaug", "cell")) == [2, 2, 2, 3]


@pytest.mark.parametrize("harm", ["lost", "crashed", "without its file"])
def test_what_is_broken_in_wandb_is_repaired(store, server, harm):
    sync(store)
    (broken, *_) = server.of("segaug", "cell")
    good = broken.files["segaug-trials.parquet"]
    match harm:
        case "lost":
            del server.runs["segaug", broken.name]
        case "crashed":
            broken.state = "crashed"
        case _:
            broken.files.clear()
            (store.folder / "wandb" / "ledger.json").unlink()
    assert sync(store) == {"written": 1, "unchanged": CELLS}
    assert server.runs["segaug", broken.name].files["segaug-trials.parquet"] == good
    assert len(server.runs) == CELLS + 1


def test_runs_without_a_record_are_told_and_left_alone(store, server, capsys):
    sync(store)
    for seed in range(2):
        store.record_path(record("phantom_thorax", "nnunet", "red", 4, seed)["id"]).unlink()
    assert command_line(store.folder) == 0
    assert "1 runs of this study are only in W&B" in capsys.readouterr().out
    assert len(server.runs) == CELLS + 1


def test_a_busy_server_is_asked_again(store, server):
    server.mode, server.count = "limited", 6
    assert sync(store) == {"written": CELLS + 1}
    assert server.count == 0


def test_a_run_that_failed_is_tried_again_after_growing_waits(store, server, monkeypatch):
    monkeypatch.setattr(sync_module, "ATTEMPTS", 4)
    waits = []

    def publish(run, tracker, folder):
        if len(waits) < 3:
            raise ConnectionError("HTTP 503")

    found = sync_study(store, WandbTracker(mode="online"), publish=publish, sleep=waits.append)
    assert found.counts == {"written": CELLS + 1}
    assert all(low <= wait <= high for wait, low, high in zip(waits, (1, 2, 4), (2, 4, 8), strict=True))


def test_a_run_without_its_file_does_not_count_as_sent(store, server, monkeypatch):
    monkeypatch.setattr(sync_module, "GIVE_UP_AFTER", 1)
    server.mode = "uploads_broken"
    assert sync(store) == {"failed": 1, "left": CELLS}
    server.mode = "ok"
    assert sync(store) == {"written": CELLS + 1}


def test_a_server_that_breaks_halfway_is_given_up_and_finished_later(store, server, monkeypatch):
    monkeypatch.setattr(sync_module, "GIVE_UP_AFTER", 2)

    def after_one(done, *_):
        server.mode = "broken"

    found = sync_study(store, WandbTracker(mode="online"), progress=after_one, sleep=lambda _: None)
    assert found.counts == {"written": 1, "failed": 2, "left": 2}
    assert not found.complete
    assert all("HTTP 500" in problem for problem in found.problems.values())
    server.mode = "ok"
    assert sync(store) == {"written": CELLS, "unchanged": 1}


def test_a_deleted_run_is_refused_alone(store, server, capsys):
    sync(store)
    (deleted, *_) = server.of("segaug", "cell")
    del server.runs["segaug", deleted.name]
    server.deleted.add(deleted.name)
    assert command_line(store.folder) == 1
    out = capsys.readouterr().out
    assert "4 there already, 1 refused" in out
    assert "previously created and deleted" in out


def test_another_users_project_is_refused(store, server, capsys):
    assert command_line(store.folder, "--entity", "other") == 1
    assert "permission denied" in capsys.readouterr().out
    assert not server.runs


def test_what_a_user_sees(store, server, capsys):
    assert command_line(store.folder, "--project", "hearts", "--granularity", "curve") == 0
    out = capsys.readouterr().out
    assert "me/hearts: 3 runs, one for each curve and one for the study: 3 sent" in out
    assert {run.facts["jobType"] for run in server.runs.values()} == {"curve", "study"}
    (curve, _) = server.of("hearts", "curve")
    assert [row["N"] for row in curve.history if "N" in row] == [1, 4]


def test_no_server_is_one_message_within_seconds(store, server, fresh_client, monkeypatch):
    monkeypatch.setenv("WANDB_BASE_URL", "http://127.0.0.1:9")
    before = time.monotonic()
    with pytest.raises(UserError, match="cannot be reached"):
        command_line(store.folder)
    assert time.monotonic() - before < 10


def test_no_key_is_one_message(store, server, fresh_client, monkeypatch):
    monkeypatch.delenv("WANDB_API_KEY")
    with pytest.raises(UserError, match="WANDB_API_KEY"):
        command_line(store.folder)


def test_a_wrong_setting_of_wandb_is_one_message(store, server, fresh_client, monkeypatch):
    monkeypatch.setenv("WANDB_BASE_URL", "no address")
    with pytest.raises(UserError, match="WANDB_BASE_URL"):
        command_line(store.folder)


def test_offline_writes_files_that_can_be_sent_later(store, server, capsys):
    assert command_line(store.folder, "--offline") == 0
    assert not server.runs
    assert "`wandb sync" in capsys.readouterr().out
    assert len(list((store.folder / "wandb").glob("offline-run-*/*.wandb"))) == CELLS + 1


def test_the_key_is_in_no_file_and_no_output(store, server, capfd, caplog):
    server.mode, server.count = "limited", 2
    sync(store)
    server.mode = "broken"
    store.write_record(record("phantom_thorax", "nnunet", "red", 4, 2))
    with pytest.raises(UserError) as error:
        command_line(store.folder)
    command_line(store.folder, "--offline")
    files = [path for path in store.folder.rglob("*") if path.is_file()]
    assert not [path for path in files if KEY.encode() in path.read_bytes()]
    out, err = capfd.readouterr()
    assert KEY not in out + err + caplog.text + str(error.value)


def test_home_stays_clean(store, server):
    sync(store)
    assert not [path for path in Path.home().rglob("*") if "wandb" in path.name]


def test_wandb_of_a_study_that_is_read_only_by_its_records(store, server):
    """The records alone are enough: no plan, no snapshot, no ledger."""
    shutil.rmtree(store.folder / "plan")
    assert sync_study(Store(store.folder), WandbTracker(mode="online")).counts == {"written": CELLS + 1}
