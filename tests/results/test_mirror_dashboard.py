"""The dashboard that would be in W&B: what is sent to a stand-in server, never seen by the real one."""

import json
import sys

import pandas as pd
import pytest

from segaug.cli import dashboard as command
from segaug.errors import ConfigError, UserError
from segaug.results.mirror.dashboard import workspace
from segaug.results.mirror.law_runs import law_runs
from segaug.results.mirror.views import measured
from tests.synthetic import write_study
from tests.wandb_server import WandbServer, account, serving

LAW = {"b": 0.6, "b_low": float("nan"), "c": 0.05, "trials": 6, "diverged": 0}
VERDICT = {"verdict_floor": "bounded", "verdict_reason": "a floor is not needed"}
FITS = pd.DataFrame(
    [
        {"task": "thorax", "model": "nnunet", "strategy": name, "metric": "bce", "a": a, **LAW, **VERDICT}
        for name, a in (("baseline", 0.5), ("red", 0.4))
    ]
)
POINTS = pd.DataFrame(
    [
        {"task": "thorax", "model": "nnunet", "strategy": name, "metric": "bce", "size": size, "mean": 1 / size,
         "law": 1.1 / size, "mean_low": None, "law_low": 0.9 / size}
        for name in ("baseline", "red") for size in (4, 1, 16)
    ]
)  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    pytest.importorskip("wandb_workspaces", reason="pip install segaug[dashboard]")
    import wandb

    server = WandbServer()
    with serving(server), account(server.url, tmp_path_factory.mktemp("home")):
        yield server
        wandb.teardown()


@pytest.fixture
def store(tmp_path):
    store = write_study(tmp_path / "pilot", sizes=(1, 4), seeds=1)
    (store.folder / "fit").mkdir()
    FITS.to_parquet(store.folder / "fit" / "fits.parquet")
    POINTS.to_parquet(store.folder / "fit" / "curves.parquet")
    return store


def run(store, **options):
    from argparse import Namespace

    return command.run(Namespace(study=str(store.folder), **{"entity": None, "project": None, **options}))


def test_a_law_is_a_run_over_sizes():
    first, second = law_runs("pilot", FITS, POINTS)
    assert [row["N"] for row in first.history] == [1, 4, 16]
    assert first.history[1] == {"N": 4, "error": 0.25, "law": 0.275, "law_low": 0.225}
    assert first.summary["a"] == 0.5
    assert "b_low" not in first.summary
    assert (first.job_type, first.config["strategy"], second.config["strategy"]) == ("law", "baseline", "red")
    assert first.id != second.id


def test_a_changed_fit_is_another_content_of_the_same_run():
    before, *_ = law_runs("pilot", FITS, POINTS)
    after, *_ = law_runs("pilot", FITS.assign(a=0.3), POINTS)
    assert before.id == after.id
    assert before.content != after.content


def test_what_is_drawn(server, store, capsys):
    assert run(store, project="drawn") == 0
    workspace, report = (json.loads(view["spec"]) for view in server.views[-2:])
    text = json.dumps(report)
    assert '"xLogScale": true' in text
    assert '"yLogScale": true' in text
    assert all(f'"summary:{name}"' in text for name in "abc")
    assert "red: a floor is not needed" in text
    keys = [key["name"] for key in workspace["section"]["runSets"][0]["grouping"]]
    assert [key.removesuffix(".value") for key in keys] == ["task", "model", "strategy", "N"]
    assert [run.summary["a"] for run in server.of("drawn", "law")] == [0.5, 0.4]
    assert server.url in capsys.readouterr().out


@pytest.mark.parametrize(("granularity", "lines"), [
    ("curve", ["test/ce_mean", "test/dice_mean"]), ("cell", ["validation_ce/mean"]), ("trial", ["validation_ce"]),
])  # fmt: skip
def test_charts_are_of_what_laws_were_fitted_to(granularity, lines):
    pytest.importorskip("wandb_workspaces", reason="pip install segaug[dashboard]")
    fits = pd.concat([FITS.assign(metric=metric) for metric in ("1-dice", "validation_ce", "1-dice/lv", "ce")])
    made = workspace("me", "there", "pilot", granularity, measured(fits))
    assert [panel.y for panel in made.sections[0].panels] == [[line] for line in lines]
    assert [panel.metrics for panel in made.sections[1].panels] == [
        ["test/ce" if granularity == "trial" else "test/ce_mean"]
    ]


def test_again_replaces_it(server, store):
    run(store, project="again")
    before, writes = len(server.views), server.writes()
    run(store, project="again")
    assert (len(server.views), server.writes()) == (before, writes)


def test_laws_that_are_gone_are_sent_again(server, store):
    run(store, project="gone")
    for law in server.of("gone", "law")[:1]:
        del server.runs["gone", law.name]
    run(store, project="gone")
    assert len(server.of("gone", "law")) == 2


def test_a_view_that_was_deleted_is_made_anew(server, store):
    run(store, project="anew")
    del server.views[-2:]
    before = len(server.views)
    run(store, project="anew")
    assert len(server.views) == before + 2


def test_a_missing_package_is_one_line(store, monkeypatch):
    monkeypatch.setitem(sys.modules, "wandb_workspaces", None)
    with pytest.raises(UserError, match=r"pip install 'segaug\[dashboard\]'"):
        run(store)


def test_a_study_without_a_fit_is_told_what_to_do(server, store):
    (store.folder / "fit" / "fits.parquet").unlink()
    with pytest.raises(ConfigError, match="segaug fit pilot"):
        run(store)
