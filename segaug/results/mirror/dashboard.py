"""The W&B workspace and report of a study, by W&B's own package `wandb-workspaces` (the extra `dashboard`)."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from segaug.errors import UserError
from segaug.measures import BY_KEY, Quantity
from segaug.results.keys import CURVE
from segaug.results.mirror.granularity import Granularity
from segaug.results.mirror.law_runs import JOB_TYPE

if TYPE_CHECKING:
    from wandb_workspaces import workspaces as ws
    from wandb_workspaces.reports import v2 as wr

_LAW_COLUMNS = ["config:model.value", "config:strategy.value", *(f"summary:{name}" for name in (
    "a", "b", "b_low", "b_high", "c", "c_low", "c_high", "error_largest", "trials",
))]  # fmt: skip
_READ = (
    "Error against the number of training images, both axes logarithmic: dots are means over seeds, lines the law "
    "E(N) = a N^-b + c. Numbers for a paper come from `segaug fit`: this page shows at most as many runs as W&B draws."
)


def require_package() -> None:
    """Raise UserError with the line that installs the package where it is missing."""
    try:
        import wandb_workspaces  # noqa: F401
    except ImportError as error:
        raise UserError(
            "segaug dashboard needs W&B's package wandb-workspaces; pip install 'segaug[dashboard]'"
        ) from error


def workspace(
    entity: str, project: str, study: str, granularity: Granularity, measured: Sequence[Quantity]
) -> "ws.Workspace":
    """The runs of the trials, grouped by task, model, strategy and N; measured: what has a chart."""
    from wandb_workspaces import expr
    from wandb_workspaces import workspaces as ws
    from wandb_workspaces.reports import v2 as wr

    groups = {"curve": (), "cell": ("N",), "trial": ("N",)}[granularity]
    over = "N" if granularity == "curve" else "update"
    mean = "" if granularity == "trial" else "_mean"
    losses = [quantity.key for quantity in measured if f"validation_{quantity.key}" in BY_KEY]
    scores = [f"test/{key}{mean}" for key in losses]
    lines = {
        "curve": [f"test/{quantity.key}_mean" for quantity in measured],
        "cell": [f"validation_{key}/mean" for key in losses],
        "trial": [f"validation_{key}" for key in losses],
    }
    panels = [wr.LinePlot(title=f"{y} over {over}", x=over, y=[y], log_x=True, log_y=True) for y in lines[granularity]]
    bars = [wr.BarPlot(title=score, metrics=[score], groupby="strategy") for score in scores]
    return ws.Workspace(
        entity=entity,
        project=project,
        name=f"segaug {study}",
        sections=[ws.Section(name="curves", panels=panels, is_open=True), ws.Section(name="errors", panels=bars)],
        settings=ws.WorkspaceSettings(x_axis=over, max_runs=100),
        runset_settings=ws.RunsetSettings(
            filters=[expr.Config("study") == study, expr.Metric("JobType") == granularity],
            groupby=[expr.Config(name) for name in (*CURVE, *groups)],
            pinned_columns=["run:displayName", *(f"summary:{score}" for score in scores)],
        ),
    )


def report(entity: str, project: str, study: str, fits: pd.DataFrame) -> "wr.Report":
    """A page with a chart and a table of laws for each task and metric."""
    from wandb_workspaces.reports import v2 as wr

    return wr.Report(
        project=project,
        entity=entity,
        title=f"{study}: test error against the number of training images",
        description="made by segaug dashboard",
        blocks=list(_blocks(entity, project, study, fits)),
        width="fluid",
    )


def _blocks(entity: str, project: str, study: str, fits: pd.DataFrame) -> Iterable["wr.BlockTypes"]:
    from wandb_workspaces.reports import v2 as wr

    yield wr.P(_READ)
    yield wr.TableOfContents()
    for task, metric in sorted(set(zip(fits["task"], fits["metric"], strict=True))):
        group = fits[(fits["task"] == task) & (fits["metric"] == metric)]
        yield wr.H2(f"{task}: {metric}")
        for reason in dict.fromkeys(group["strategy"] + ": " + group["verdict_reason"]):
            yield wr.P(reason)
        yield wr.PanelGrid(runsets=[_laws(entity, project, study, task, metric)], panels=[_chart(f"{task}: {metric}")])


def _laws(entity: str, project: str, study: str, task: str, metric: str) -> "wr.Runset":
    from wandb_workspaces import expr
    from wandb_workspaces.reports import v2 as wr

    return wr.Runset(
        entity=entity,
        project=project,
        name="laws a N^-b + c",
        filters=[
            expr.Config("study") == study,
            expr.Metric("JobType") == JOB_TYPE,
            expr.Config("task") == task,
            expr.Config("metric") == metric,
        ],
        pinned_columns=_LAW_COLUMNS,
        visible_columns=_LAW_COLUMNS,
    )


def _chart(title: str) -> "wr.LinePlot":
    from wandb_workspaces.reports import v2 as wr

    return wr.LinePlot(
        title=title, x="N", y=["error", "law"], log_x=True, log_y=True, title_x="training images N",
        title_y="test error", max_runs_to_show=100, layout=wr.Layout(w=24, h=12),
    )  # fmt: skip
