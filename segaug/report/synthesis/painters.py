"""What painted the images: first stages and denoisers, how good they are and how they were trained."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from segaug.findings.numbers import NONE, number, percent
from segaug.report.blocks.tables import Table
from segaug.report.look.palette import LIGHT
from segaug.report.look.theme import panel_figure, panel_title
from segaug.report.study.study import Json, Study

KINDS = {"augpaint_autoencoder": "first stage", "augpaint_denoiser": "denoiser"}
LOSS_CAPTION = (
    "Training losses of what paints, means between checks.\nDashed: what a denoiser would reach that knows mean and "
    "variance of each position of the latents alone; one that ends above it has learned nothing of how they hang "
    "together, and is refused."
)
_PANEL_IN = (2.9, 2.2)


@dataclass(frozen=True)
class Painter:
    """A first stage or a denoiser, and the trials that used it."""

    task: str
    strategies: tuple[str, ...]
    item: Json  # of a record's "learned"

    @property
    def kind(self) -> str:
        """In words."""
        return KINDS[self.item["kind"]]


def painters(study: Study) -> list[Painter]:
    """Each once, by task, in the order in which strategies use them."""
    order = {name: place for place, name in enumerate(study.strategies)}
    items: dict[tuple[str, str], Json] = {}
    users: dict[tuple[str, str], set[str]] = {}
    for trial in sorted(study.trained, key=lambda trial: (trial["task"], order[trial["strategy"]], trial["seed"])):
        for item in trial.get("learned") or ():
            if item["kind"] in KINDS:
                place = trial["task"], item["artefact"]
                items.setdefault(place, item)
                users.setdefault(place, set()).add(trial["strategy"])
    return [Painter(place[0], tuple(sorted(users[place], key=order.get)), item) for place, item in items.items()]  # type: ignore[arg-type]


def painter_table(found: Sequence[Painter]) -> Table:
    """How good they are."""
    return Table(
        "What painted them. Loss: of a denoiser, mean squared error of what it predicts, beside the least of one that "
        "knows mean and variance of each latent alone. Error: of a first stage, mean absolute difference of images and "
        "their reconstructions, beside that of shrinking and enlarging them by the same factor. Codes: share in use.",
        ("task", "used by", "what", "updates", "loss", "of a Gaussian", "error", "of shrinking", "codes"),
        tuple(_row(painter) for painter in found),
        number_columns=frozenset(range(3, 9)),
    )


def _row(painter: Painter) -> tuple[str, ...]:
    health = painter.item["health"]
    used, updates = health.get("codes_used"), painter.item["updates"]
    return (
        painter.task,
        ", ".join(painter.strategies),
        painter.kind,
        NONE if updates is None else f"{updates:,}",
        *(number(health.get(name)) for name in ("loss", "gaussian_loss", "error", "bicubic_error")),
        NONE if used is None else percent(used, ".0f"),
    )


def loss_panel(painter: Painter) -> Figure:
    """Loss over updates."""
    figure, axes = panel_figure(*_PANEL_IN)
    history = painter.item["history"]
    axes.plot(history["update"], [float("nan") if loss is None else loss for loss in history["loss"]], gid="loss")
    if (least := painter.item["health"].get("gaussian_loss")) is not None:
        axes.axhline(least, color=LIGHT["muted"], linewidth=0.8, linestyle=(0, (4, 2)), gid="gaussian")
    axes.set(xlabel="update", ylabel="loss", ylim=(0, None))
    panel_title(axes, f"{painter.task} · {painter.kind}", painter.strategies[0])
    return figure
