"""What is said of laws that are known: each number in closed form, each verdict where it is due, and nothing beyond."""

import re

import pytest

from segaug.report.blocks.section import Folded
from tests.report.known_studies import LAW_SIZES, LAWS, ONE, SPREAD, law
from tests.report.made_sections import Page, by, numbers, page_of
from tests.report.odd_studies import Cell, Odd

READABLE = ("baseline", "regda", "mixup")
WITH_VERDICT = ("baseline", "red", *READABLE[1:])
LARGEST = LAW_SIZES[-1]
WHERE = "lung · nnunet"
SLOPE = {"baseline": 0.5 * 0.5 * LARGEST**-0.5 / law(LARGEST), "regda": 0.0, "mixup": 0.3}  # -d ln E / d ln N


@pytest.fixture(scope="module")
def page(known) -> Page:
    return known("lawful")


@pytest.fixture(scope="module")
def laws(page: Page) -> dict[str, dict[str, str]]:
    return by("strategy", page.table("laws", "weighted by its noise"))


@pytest.fixture(scope="module")
def verdicts(page: Page) -> dict[str, dict[str, str]]:
    return by("strategy", page.table("verdicts"))


@pytest.fixture(scope="module")
def published(page: Page) -> dict[str, dict[str, str]]:
    return by("strategy", page.table("laws", "published fit"))


@pytest.mark.parametrize(
    ("strategy", "column", "value"),
    [
        *[(name, "E(N = 16)", LAWS[name](16)) for name in READABLE],
        *[(name, "E(Nmax)", LAWS[name](LARGEST)) for name in READABLE],
        *[(name, "slope", SLOPE[name]) for name in READABLE],
        ("baseline", "φ", 0.05 / law(LARGEST)),
        ("regda", "φ", 1.0),
        ("baseline", "b", 0.5),
        ("mixup", "b", 0.3),
        ("baseline", "c", 0.05),
        ("regda", "c", 0.3),
        ("baseline", "a", 0.5),
        ("regda", "a", 0.0),
        ("genda", "E(Nmax)", law(8)),
    ],
)
def test_a_law_that_was_put_in_is_read_in_closed_form_and_lies_in_its_interval(laws, strategy, column, value):
    found, low, high = numbers(laws[strategy][column])
    assert found == pytest.approx(value, rel=5e-3, abs=1e-6)
    assert low <= found <= high
    assert low < high


@pytest.mark.parametrize(
    ("strategy", "column", "cell"),
    [
        *[("red", column, "–") for column in ("φ", "b", "c")],
        ("genda", "E(N = 16)", "–"),  # it was measured up to 8
        ("genda", "b", r"\[[\d.]+, [\d.]+\]"),
        ("genda", "c", r"≤ 0\.\d+"),
        ("mixup", "c", r"≤ 0\.\d+"),
        ("regda", "b", "–"),
        ("red", "a", r"0\.\d+"),
    ],
)
def test_what_is_not_identified_has_no_value(laws, strategy, column, cell):
    assert re.fullmatch(cell, laws[strategy][column])


def test_other_patients_widen_what_is_known_of_this_test_set(laws):
    for name in ("baseline", "regda"):
        _, low, high = numbers(laws[name]["E(Nmax)"])
        wider_low, wider_high = numbers(laws[name]["other patients"])
        assert wider_high - wider_low > high - low
        assert wider_low < LAWS[name](LARGEST) < wider_high


def test_every_curve_has_a_law_and_its_number_of_trials(laws, published):
    assert list(laws) == list(published) == ["baseline", "red", "regda", "genda", "mixup"]
    assert {row["n"] for row in laws.values()} == {"4"}
    assert {name: (row["sizes"], row["trials"]) for name, row in published.items()} == {
        name: ("3", "12") if name == "genda" else ("6", "24") for name in laws
    }


@pytest.mark.parametrize(
    ("strategy", "a", "b", "c"), [("baseline", 0.5, 0.5, 0.05), ("genda", 0.5, 0.5, 0.05), ("mixup", 0.5, 0.3, 0)]
)
def test_the_published_fit_beside_it_is_the_same_law_where_means_lie_on_one(published, strategy, a, b, c):
    row = published[strategy]
    for column, value in (("a", a), ("b", b), ("c", c)):
        assert float(row[column]) == pytest.approx(value, abs=1e-3)
    assert row["R²"] == "1.000"
    assert float(row["E(Nmax)"]) == pytest.approx(LAWS[strategy](8 if strategy == "genda" else LARGEST), rel=5e-3)


def test_the_published_fit_explains_less_where_means_lie_off(published):
    assert 0.5 < float(published["red"]["R²"]) < 0.95


def test_curves_with_enough_sizes_have_a_verdict_and_the_others_are_named_below(page, verdicts):
    assert tuple(verdicts) == WITH_VERDICT
    assert f"{WHERE}: genda (N = 2, 4, 8)" in page.sentences("verdicts")
    assert not [sentence for sentence in page.sentences("verdicts") if sentence.startswith(f"{WHERE}: baseline")]


@pytest.mark.parametrize(
    ("strategy", "fit", "floor", "exponent", "notes"),
    [
        ("baseline", r"p = 1, off 0.0 %", r"if the law holds, the floor is between 0\.0\d+ and 0\.0\d+",
         r"0\.500 \[0\.\d+, 0\.\d+\]", "–"),
        ("red", r"p < 0.001, off \d+\.\d %", r"the three-parameter law does not fit \(.*at N = 8\); no floor is stated",
         "not read: law rejected", "the error rises somewhere by more than chance"),
        ("regda", r"p = 1, off 0.0 %", r"if the law holds, the floor is between .*", "none: no decay", "–"),
        ("mixup", r"p = 1, off 0.0 %", r"a floor is not needed; if there is one it is below 0\.\d+",
         r"0\.300 \[0\.\d+, 0\.\d+\]", "–"),
    ],
)  # fmt: skip
def test_a_verdict_says_what_may_be_read(verdicts, strategy, fit, floor, exponent, notes):
    row = verdicts[strategy]
    assert row["n"] == "4"
    assert re.fullmatch(fit, row["lack of fit"])
    assert re.fullmatch(floor, row["floor"])
    assert re.fullmatch(exponent, row["exponent b"])
    assert row["notes"] == notes


def test_a_stated_floor_is_the_same_in_both_tables(verdicts, laws):
    for name in ("baseline", "regda"):
        assert numbers(verdicts[name]["floor"]) == numbers(laws[name]["c"])[1:]
    assert numbers(verdicts["mixup"]["floor"]) == numbers(laws["mixup"]["c"])


@pytest.mark.parametrize(("strategy", "factor"), [("baseline", 2), ("baseline", 4), ("regda", 2), ("mixup", 2)])
def test_a_claim_beyond_the_data_is_the_law_there(verdicts, strategy, factor):
    found, low, high = numbers(verdicts[strategy][f"E({factor} Nmax)"])
    assert found == pytest.approx(LAWS[strategy](factor * LARGEST), rel=5e-3)
    assert low < found < high


def test_what_is_not_claimed_lacks_something_and_what_lacks_something_is_not_claimed(page, verdicts):
    (lacking,) = [block for block in page.all("verdicts", Folded) if "not claimed" in block.summary]
    said = " ".join(lacking.blocks[0].items)
    for name, row in verdicts.items():
        for factor in (2, 4):
            unclaimed = "not claimed" in (cell := row[f"E({factor} Nmax)"]) or "not read" in cell
            assert (f"{WHERE} · {name} at N = {factor * LARGEST}" in said) == unclaimed
    assert "genda" not in said
    assert "not claimed" in verdicts["mixup"]["E(4 Nmax)"]
    assert {condition.split(":")[0] for condition in lacking.blocks[0].items} == {
        "a law that fits (lack of fit p >= 0.05)",
        "an interval within 25% of the estimate",
    }


def test_the_finding_counts_the_floors_and_exponents_that_the_tables_state(page, laws):
    floors = [name for name, row in laws.items() if len(numbers(row["c"])) == 3]
    exponents = [name for name, row in laws.items() if len(numbers(row["b"])) == 3]
    assert (floors, exponents) == (["baseline", "regda"], ["baseline", "mixup"])
    assert page.finding("verdicts") == "A floor is identified in 2 of 5 curves, the exponent b in 2."


def test_the_steepest_and_the_flattest_readable_curve_are_the_finding_of_the_laws(page):
    assert page.finding("laws") == "At its largest N a curve still falls by 0 to 0.3 % for 1 % more images."


def test_how_many_laws_fit_and_how_well_the_largest_size_is_predicted_is_the_finding_of_the_checks(page, verdicts):
    forms = [row for row in page.table("checks") if row["form"] == "power law with floor"]
    misses = [numbers(row["hold-out"])[0] for row in forms if row["hold-out"] != "–"]
    fitting = sum(row["lack of fit"].startswith("p = ") for row in verdicts.values())
    assert page.finding("checks") == (
        f"The law fits {fitting} of {len(verdicts)} curves; the largest N is predicted within {max(misses):g} %."
    )


def test_other_forms_stand_beside_the_law_with_shares_of_the_support(page):
    for name in WITH_VERDICT:
        rows = [row for row in page.table("checks") if row["strategy"] == name]
        assert [row["parameters"] for row in rows] == ["1", "2", "2", "3", "3"]
        shares = [float(row["weight"]) for row in rows]
        assert sum(shares) == pytest.approx(1, abs=0.02)
        assert shares.index(max(shares)) == min(range(5), key=lambda place: float(rows[place]["AICc"]))
    of_law = by("strategy", (row for row in page.table("checks") if row["form"] == "power law with floor"))
    assert float(of_law["baseline"]["E(4 Nmax)"]) == pytest.approx(law(4 * LARGEST), rel=5e-3)
    assert of_law["baseline"]["hold-out"] == "0.0 % / 0.0 %"
    assert "genda" not in of_law  # as many numbers as it has sizes
    constants = by("strategy", (row for row in page.table("checks") if row["form"] == "constant"))
    assert constants["regda"]["E(4 Nmax)"] == "0.300"
    assert re.fullmatch(r"[\d.]+ %", constants["genda"]["hold-out"])  # without two of three sizes none is left


def test_notes_are_of_the_curves_that_they_name(page):
    notes = dict(sentence.split(": ", 1) for sentence in page.sentences("laws"))
    assert list(notes) == [f"{WHERE} · {name}" for name in ("baseline", "red", "regda", "genda", "mixup")]
    assert {name.rpartition(" ")[2] for name, note in notes.items() if "error rises somewhere" in note} == {"red"}
    assert {name.rpartition(" ")[2] for name, note in notes.items() if "does not fall" in note} == {"regda"}
    (summary,) = [block.summary for block in page.all("laws", Folded) if "Notes" in block.summary]
    assert summary == "Notes on single curves (5)"


@pytest.mark.parametrize(
    ("kind", "places"),
    [
        ("rejected", (f"{WHERE}: red",)),
        ("few-sizes", (f"{WHERE}: genda (N = 2, 4, 8)",)),
        ("rising", (f"{WHERE}: red",)),
        ("few-patients", (f"{WHERE}: baseline, red, regda, genda, mixup",)),
        ("zero-variance", ()),
        ("provisional", ()),
        ("bound", ()),
        ("floor", ()),
    ],
)
def test_a_caution_about_a_law_names_its_curves_and_no_others(page, kind, places):
    assert page.cautions().get(kind, ("",))[1:] == places


def test_the_answer_is_the_law_of_the_baseline_beyond_its_data(page):
    share = 100 * (1 - law(2 * LARGEST) / law(LARGEST))
    assert re.match(
        rf"With 64 images the test BCE of baseline is 0\.11\d \[0\.\d+, 0\.\d+\]; twice as many would take away "
        rf"{share:.2g} %, to {law(2 * LARGEST):.3g} \[",
        page.answers()["lung"],
    )
    assert "nothing is claimed" not in page.answers()["lung"]


def _near(cell: Cell, mean: float) -> float:
    return mean * (1 + SPREAD * ONE[cell.seed % 4])


def _stepping(cell: Cell) -> float:
    return _near(cell, law(cell.size) * (2 if cell.size == LARGEST else 1))


def _steep(cell: Cell) -> float:
    return _near(cell, law(cell.size, b=6))


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        (Odd(strategies=("baseline",), sizes=LAW_SIZES, error=_stepping), {
            "checks": "The law fits 0 of 1 curve; the largest N is predicted within 50 %, beyond chance for 1 of 1.",
            "verdicts": "No law may be read: no curve has enough sizes and a law that fits them.",
            "laws": "No law may be read; what is listed only joins the means.",
        }),
        (Odd(strategies=("baseline",), sizes=(4, 8, 16), error=lambda cell: _near(cell, law(cell.size))), {
            "checks": "The law cannot be tested with fewer than 6 sizes; there are too few sizes to predict the "
            "largest one from.",
        }),
    ],
)  # fmt: skip
def test_a_law_that_does_not_hold_or_cannot_be_tested_is_said_so(tmp_path, odd, said):
    page = page_of(tmp_path / "odd", odd)
    assert {anchor: page.finding(anchor) for anchor in said} == said


@pytest.mark.parametrize(
    ("odd", "n", "note"),
    [
        (Odd(strategies=("baseline",), sizes=(1, 2, 3, 4, 6, 8), error=_steep), "4",
         "b ended at a limit of its search; the law fits from a larger N on"),
        (Odd(strategies=("baseline",), sizes=LAW_SIZES, seeds=9, error=lambda cell: _near(cell, law(cell.size)),
             planned=lambda cell: cell.size > 4 or cell.seed < 4), "4 to 9",
         "some sizes have over twice as many trials as others"),
        (Odd(strategies=("baseline",), sizes=(2, 4, 8, 16), seeds=2,
             error=lambda cell: law(cell.size) * (1 + cell.seed)),
         "2", "provisional: fewer than three seeds; the law is not tested: that needs 6 sizes and repeated trials"),
    ],
)  # fmt: skip
def test_what_is_peculiar_about_a_law_is_a_note_beside_its_verdict(tmp_path, odd, n, note):
    page = page_of(tmp_path / "odd", odd)
    (row,) = page.table("verdicts")
    assert (row["n"], row["notes"]) == (n, note)
    assert ("bound" in page.cautions()) == ("limit of its search" in note)
    assert ("provisional" in page.cautions()) == ("provisional" in note)


def test_a_diverged_trial_changes_the_law_only_where_it_counts_as_a_constant(tmp_path):
    odd = Odd(
        sizes=LAW_SIZES,
        error=lambda cell: _near(cell, law(cell.size)),
        diverged=lambda cell: (cell.strategy, cell.size, cell.seed) == ("red", LARGEST, 0),
    )
    (row,) = page_of(tmp_path / "diverged", odd).table("divergence")
    assert (row["strategy"], row["diverged"], row["of"], row["at N"]) == ("red", "1", "24", f"{LARGEST} (1)")
    assert float(row["E, converged"]) == pytest.approx(law(LARGEST), rel=0.02)
    assert law(LARGEST) * 1.1 < float(row["E, as constant"]) < 0.45
    assert row["matters"] == "yes"  # a quarter of the trials there
