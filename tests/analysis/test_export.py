"""Exported tables are complete and reproducible to the byte."""

import json
import random

from segaug.analysis.curves import fit_study
from segaug.analysis.export import csv_bytes, fits_frame, fits_json, points_frame
from tests.synthetic import record


def study(sizes=(1, 2, 4, 8, 16)):
    return [record("thorax", "nnunet", s, n, seed) for s in ("red", "baseline") for n in sizes for seed in range(3)]


def fits(records):
    return fit_study(records, resamples=100)


def test_same_records_same_bytes():
    one, other = fits(study()), fits(random.Random(0).sample(study(), 30))
    assert fits_json(one) == fits_json(other)
    assert csv_bytes(fits_frame(one)) == csv_bytes(fits_frame(other))
    assert csv_bytes(points_frame(one)) == csv_bytes(points_frame(other))


def test_fits_frame_has_a_row_a_curve():
    curves = fits(study())
    table = fits_frame(curves)
    assert table["strategy"].tolist() == ["baseline", "red"]
    row, fit = table.iloc[1], curves[1].fit
    assert (row["a"], row["b_low"], row["c_high"]) == (fit.law.a, fit.bootstrap.b.low, fit.bootstrap.c.high)
    assert (row["size_middle"], row["size_largest"], row["trials"], row["validation_labels"]) == (4, 16, 15, 16)
    assert row["error_middle_low"] < row["error_middle"] < row["error_middle_high"]


def test_points_frame_has_a_row_a_size():
    curves = fits(study())
    table = points_frame(curves)
    assert len(table) == 10
    assert (table["mean"] - table["error_law"]).to_list() == table["residual"].to_list()


def test_curves_without_fit_or_interval_are_null_in_json():
    short, single = fits(study(sizes=(1, 2))), fits([r for r in study() if r["seed"] == 0])
    (curve, _) = json.loads(fits_json(short))["curves"]
    assert curve["band"] is None
    assert "2 of at least 4 sizes" in curve["note"]
    assert len(curve["points"]) == 2
    (curve, _) = json.loads(fits_json(single))["curves"]
    assert curve["a"] > 0
    assert (curve["a_low"], curve["bc_correlation"], curve["floor_identified"]) == (None, None, False)
    assert (curve["points"][0]["sd"], curve["points"][0]["n"]) == (None, 1)


def test_a_reference_that_was_not_measured_is_null():
    records = [r | {"reference": r["reference"] | {"constant_bce": None}} for r in study()]
    (curve, _) = json.loads(fits_json(fits(records)))["curves"]
    assert curve["points"][0]["constant"] is None


def test_a_curve_without_a_law_does_not_change_the_columns():
    mixed = fits_frame(fits([r for r in study() if r["strategy"] == "red" or r["size"] < 4]))
    assert mixed["a"].isna().tolist() == [True, False]
    assert mixed.columns.tolist() == fits_frame(fits(study())).columns.tolist()
