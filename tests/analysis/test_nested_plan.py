"""Whoever reads a curve of nested subsets counts its sizes as alike, even where its few trials cannot show it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from segaug.analysis.comparison.shared_grid import place
from segaug.analysis.curves.fitting import fit_table
from segaug.analysis.law.noise import SizeMeans
from segaug.analysis.planning.need import need
from segaug.analysis.planning.pilot import Pilot, pilot
from tests.analysis.made_curve import curve
from tests.analysis.simulated import DESIGNS, trials

SIZES = DESIGNS["4..128"]
FEW = trials(np.random.default_rng(4), SIZES, 0.5, 0.5, seeds=4, correlation=0.1)
TWO = trials(np.random.default_rng(4), SIZES[:2], 0.5, 0.5, seeds=4, correlation=0.1)


def made(nested: bool, values: np.ndarray = FEW):
    found = curve(values, SIZES[: values.shape[1]])
    return replace(found, nested=nested, table=found.table.assign(status="ok", id=""))


def of_a_pilot(nested: bool) -> SizeMeans:
    found = pilot(made(nested))
    assert isinstance(found, Pilot)
    return found.fit.data


def of_a_need(nested: bool) -> SizeMeans:
    return need(made(nested), 0.2).data


def of_a_need_without_a_law(nested: bool) -> SizeMeans:
    found = need(made(nested, TWO), 0.2)
    assert found.fit is None
    return found.data


def of_a_fitted_table(nested: bool) -> SizeMeans:
    seeds, columns = np.indices(FEW.shape)
    table = pd.DataFrame({"N": SIZES[columns].ravel(), "seed": seeds.ravel(), "error": FEW.ravel(), "curve": "net"})
    (found,) = fit_table(table, nested=nested, resamples=100)
    assert found.fit is not None
    return found.fit.data


def of_a_comparison(nested: bool) -> SizeMeans:
    _, (placed,) = place([made(nested)], {}, 100)
    return placed.compared.data


@pytest.mark.parametrize("reader", [of_a_pilot, of_a_need, of_a_need_without_a_law, of_a_fitted_table, of_a_comparison])
def test_the_plan_of_nested_subsets_reaches_every_reader_of_a_curve(reader):
    assert reader(nested=True).noise.correlation > 0 == reader(nested=False).noise.correlation
