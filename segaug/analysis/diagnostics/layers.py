"""What each layer makes of the test images, and how that goes with Dice, of the trials of a cell."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segaug.analysis.diagnostics.relation import Relation, relation
from segaug.analysis.interval import RESAMPLES
from segaug.analysis.law.power_law import Array
from segaug.analysis.law.resample import draw_cases
from segaug.analysis.trials.table import study_trials
from segaug.results.case_errors import CaseErrors, Cases
from segaug.results.columns import FOREGROUND, LAYER_QUANTITIES, layer_column
from segaug.results.keys import CELL
from segaug.results.snapshot import Snapshot

_FEWEST_IMAGES = 4  # of which a partial correlation says something
_ROLES = ("encoder", "stage", "", "decoder")  # in the order in which they are computed


@dataclass(frozen=True)
class LayerCell:
    """One layer in the trials of one task, model, strategy and N."""

    task: str
    model: str
    strategy: str
    size: int
    layer: str
    trials: int
    images: int  # with foreground; the others have no area whose logarithm could be held fixed
    left_out: int  # without
    discrepancy: float  # L_fd, mean over images and trials; lower: further apart
    separation: float  # scale-free, the same
    dice_of: Relation  # of Dice with L_fd; z: log of the foreground's area
    points: Array  # (K, 2), L_fd and Dice of each image, means over the trials


def layer_cells(snapshot: Snapshot, resamples: int = RESAMPLES) -> list[LayerCell]:
    """Of every cell of a study whose records have diagnostics; layers in the order in which they are computed."""
    layers = in_network_order(snapshot.layers())
    if not layers:
        return []
    table = study_trials(snapshot)
    trials = table[table["status"] == "ok"]
    dice, area = snapshot.cases("dice"), snapshot.cases(FOREGROUND)
    found: list[LayerCell] = []
    for layer in layers:
        discrepancy, separation = (snapshot.cases(layer_column(quantity, layer)) for quantity in LAYER_QUANTITIES)
        for (task, model, strategy, size), rows in trials.groupby([*CELL], sort=True):
            key = str(task), str(model), str(strategy), int(str(size))
            found += _cell(key, layer, rows, dice, area, discrepancy, separation, resamples)
    return sorted(found, key=lambda cell: (cell.task, cell.model, cell.strategy, cell.size, layers.index(cell.layer)))


def in_network_order(names: Sequence[str]) -> list[str]:
    """encoder1, encoder2, ..., bottleneck, ..., decoder2, decoder1."""

    def place(name: str) -> tuple[int, int, str]:
        role = next((role for role in _ROLES if role and name.startswith(role)), "")
        number = int("".join(filter(str.isdecimal, name)) or 0)
        return _ROLES.index(role), -number if role == "decoder" else number, name

    return sorted(names, key=place)


def _cell(
    key: tuple[str, str, str, int],
    layer: str,
    rows: pd.DataFrame,
    dice: Cases,
    area: Cases,
    discrepancy: Cases,
    separation: Cases,
    resamples: int,
) -> Iterator[LayerCell]:
    """Nothing where no trial has them of one and the same test set, or there are too few images."""
    ids = [trial for trial in rows["id"] if all(trial in known for known in (dice, area, discrepancy, separation))]
    if not ids or any(area[trial].cases != area[ids[0]].cases for trial in ids):
        return
    first: CaseErrors = area[ids[0]]
    pixels = first.values
    x, y = (np.array([known[trial].values for trial in ids]) for known in (discrepancy, dice))
    used = (pixels > 0) & np.isfinite(x).all(axis=0) & np.isfinite(y).all(axis=0)
    if used.sum() < _FEWEST_IMAGES:
        return
    patients = [patient for patient, use in zip(first.patients, used, strict=True) if use]
    task, model, strategy, size = key
    counts = draw_cases(patients, f"{task}/{model}/layers", resamples)
    apart = np.array([separation[trial].values for trial in ids])[:, used]
    yield LayerCell(
        task, model, strategy, size, layer,
        trials=len(ids), images=int(used.sum()), left_out=int((~used).sum()),
        discrepancy=float(x[:, used].mean()), separation=float(np.nanmean(apart)),
        dice_of=relation(y[:, used], x[:, used], np.log(pixels[used]), counts, len(set(patients))),
        points=np.stack([x[:, used].mean(axis=0), y[:, used].mean(axis=0)], axis=1),
    )  # fmt: skip
