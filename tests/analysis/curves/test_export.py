"""Exported tables are complete and reproducible to the byte."""

import json
import random

import pytest

from segaug.analysis.csv_text import csv_bytes
from segaug.analysis.curves.export import fits_frame, fits_json, points_frame
from segaug.analysis.curves.fitting import fit_records
from tests.synthetic import record

FIELDS = {
    "curve_id", "task", "model", "strategy", "metric", "seed_policy", "states", "points", "components", "e_ref",
    "e_max", "e_max_with_diverged_as_constant", "verdict_floor", "verdict_exponent", "verdict_reason", "flags", "note",
    "sizes", "size_var_used", "cv_line", "rho_sizes", "noise_dof", "published_fit", "fit", "trimmed_fit",
    "extrapolation", "holdout", "p_no_floor", "isotonic", "band", "alternatives", "b_stated", "c_stated",
    "cv_used",
}  # fmt: skip


def study(sizes=(1, 2, 4, 8, 16)):
    return [record("thorax", "nnunet", s, n, seed) for s in ("red", "baseline") for n in sizes for seed in range(3)]


def fits(records):
    return fit_records(records, resamples=100)


def exported(records):
    return json.loads(fits_json(fits(records)))


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
    assert (row["a"], row["b_low"]) == (fit.law.a, fit.default.b.interval.low)
    assert (row["published_c"], row["published_r2"]) == (fit.published.law.c, fit.published.r2)
    assert (row["size_reference"], row["size_largest"], row["trials"], row["validation_labels"]) == (4, 16, 15, 16)
    assert row["error_reference_low"] < row["error_reference"] < row["error_reference_high"]
    assert row["error_reference_population_low"] < row["error_reference_low"]
    assert row["verdict_floor"] == fit.verdict.floor
    assert (row["p_lof"], row["misfit_farthest_size"]) == (fit.default.lack_of_fit.p, fit.default.misfit.farthest_size)


def test_points_frame_has_a_row_a_size():
    curves = fits(study())
    table = points_frame(curves)
    assert len(table) == 10
    assert table["law"].tolist() == [float(curve.fit.law.predict(p.size)) for curve in curves for p in curve.points]
    assert (table["mean_low"] < table["mean"]).all()


def test_json_holds_every_field():
    found = exported(study())
    (_, red) = found["curves"]
    assert set(red) == FIELDS
    assert red["e_ref"]["n"] == 4
    assert red["e_ref"]["ci"]["target"] == "this_test_set"
    assert red["e_ref"]["ci_case_population"]["target"] == "case_population"
    assert red["fit"]["b_ci"]["level"] == 0.95
    assert set(red["fit"]["misfit"]) == {"beyond_noise", "farthest", "farthest_size"}
    assert [step["factor"] for step in red["extrapolation"]] == [2, 4]
    assert red["extrapolation"][0]["failed_conditions"]
    assert len(red["band"]["low_simultaneous"]) == 61
    assert {one["form"] for one in red["alternatives"]} >= {"logarithm", "power law with floor"}
    assert found["reporting"]["bounds_b"] == pytest.approx([0.01, 4])
    assert found["reproducibility"]["resamples"] == 100


def test_the_hashes_follow_the_trials():
    one, other = study(), study()
    other[0]["test"]["best"]["bce"] *= 1.01
    hashes = [exported(records)["reproducibility"] for records in (one, one, other)]
    assert hashes[0] == hashes[1]
    assert hashes[0]["data_hash"] != hashes[2]["data_hash"]


def test_what_does_not_exist_is_null():
    short, single = exported(study(sizes=(1, 2))), exported([r for r in study() if r["seed"] == 0])
    curve = short["curves"][0]
    assert "fit" not in curve
    assert curve["verdict_floor"] == "too_few_sizes"
    assert len(curve["points"]) == 2
    curve = single["curves"][0]
    assert curve["fit"]["a"] > 0
    assert (curve["fit"]["p_lof"], curve["e_ref"]["ci_case_population"]) == (None, None)
    assert (curve["points"][0]["sd"], curve["points"][0]["interval"], curve["points"][0]["n"]) == (None, None, 1)


def test_an_open_end_is_null_and_says_so():
    four = [r for r in study(sizes=(1, 2, 4, 8)) if r["seed"] == 0]
    interval = exported(four)["curves"][0]["fit"]["c_ci"]
    assert (interval["high"], interval["open_high"]) == (None, True)


def test_a_curve_that_does_not_fall_has_no_exponent():
    records = [r | {"test": {"best": study()[0]["test"]["best"], "last": None}} for r in study()]
    assert exported(records)["curves"][0]["fit"]["b"] is None


def test_a_reference_that_was_not_measured_is_null():
    records = [r | {"reference": r["reference"] | {"constant_bce": None}} for r in study()]
    (curve, _) = exported(records)["curves"]
    assert curve["points"][0]["constant"] is None


def test_a_curve_without_a_law_does_not_change_the_columns():
    mixed = fits_frame(fits([r for r in study() if r["strategy"] == "red" or r["size"] < 4]))
    assert mixed["a"].isna().tolist() == [True, False]
    assert mixed.columns.tolist() == fits_frame(fits(study())).columns.tolist()
