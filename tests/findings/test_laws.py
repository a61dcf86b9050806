"""Cells of a law: what may not be read stands nowhere, and terminal and page show the same."""

from dataclasses import replace

import pytest

from segaug.analysis.interval import Interval
from segaug.analysis.law.fit import Fit
from segaug.cli.fit_output import _unclaimed
from segaug.cli.fit_tables import beyond_table, laws_table
from segaug.findings import laws
from segaug.findings.flags import flag_words
from segaug.findings.numbers import NONE, bracketed, dashed
from segaug.report.laws.law_tables import law_table, published_table
from segaug.report.laws.verdicts import claim_conditions, verdict_table
from segaug.report.study.study import Study, load_study
from tests.synthetic import write_study


@pytest.fixture(scope="module", params=[(1, 2, 4, 8, 16, 32), (4, 8, 16)], ids=["stated", "not readable"])
def study(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("studies")
    write_study(folder, sizes=request.param, seeds=3)
    return load_study(folder, "bce")


@pytest.fixture
def fit(study: Study) -> Fit:
    return study.laws[0][1]


def judged(fit: Fit, **verdict: str) -> Fit:
    """The fit with another verdict."""
    return replace(fit, verdict=replace(fit.verdict, **verdict))


def as_in_a_terminal(cell: str) -> str:
    """A cell of the page, its interval written as the terminal writes one."""
    value, *below = cell.split("\n")
    if value.startswith("["):
        value, below = "", [value]
    ends = [line.strip("[]").replace(", ", "–").replace(" ", "") for line in below]
    return "\n".join(filter(None, (value, *ends)))


def test_terminal_and_page_say_the_same_of_a_law(study):
    curves = [curve for curve, _ in study.laws]
    terminal = list(zip(*(column._cells for column in laws_table(curves).columns), strict=True))
    page = [dict(zip(law_table(study).columns, row, strict=True)) for row in law_table(study).rows]
    published = [dict(zip(published_table(study).columns, row, strict=True)) for row in published_table(study).rows]
    assert len(terminal) == 2 * len(page) == 2 * len(published)
    for ours, row in zip(terminal[::2], page, strict=True):
        assert list(ours[:4]) == [row["strategy"], *(as_in_a_terminal(row[name]) for name in "abc")]
    for ours, row in zip(terminal[1::2], published, strict=True):
        assert list(ours[1:4]) == [row[name] for name in "abc"]


def test_terminal_and_page_say_the_same_beyond_the_data(study):
    readable = [curve for curve, fit in study.laws if fit.verdict.floor != "too_few_sizes"]
    table = verdict_table(study)
    assert (table is None) == (not readable)
    if table is not None:
        terminal = zip(*(column._cells for column in beyond_table(readable).columns), strict=True)
        for ours, row in zip(terminal, table.rows, strict=True):
            assert ours[1:3] == tuple(map(as_in_a_terminal, row[7:9]))


@pytest.mark.parametrize("ends", [dashed, bracketed])
def test_nothing_is_read_from_a_rejected_law(fit, ends):
    rejected = judged(fit, floor="law_rejected")
    for cell in (laws.exponent(rejected), laws.floor(rejected), laws.floor_share(rejected)):
        assert cell.shown(ends) == NONE
    assert "\n" not in laws.scale(rejected).shown(ends)
    assert laws.beyond(rejected, fit.extrapolations[0]).shown(ends) == laws.REJECTED


def test_an_exponent_that_is_not_identified_has_no_value(fit):
    assert laws.exponent(judged(fit, exponent="not_identifiable")).value == ""
    assert laws.exponent(judged(fit, exponent="identified")).value


def test_only_what_is_not_claimed_says_so(fit):
    step = fit.extrapolations[0]
    claimed, refused = (laws.beyond(fit, replace(step, failed_conditions=lacking)) for lacking in ((), ("sizes",)))
    assert refused.value == f"{claimed.value}, not claimed"
    assert claimed.interval == refused.interval


def test_terminal_and_page_name_the_same_conditions_of_a_claim(study):
    readable = [curve for curve, fit in study.laws if fit.verdict.floor != "too_few_sizes"]
    lacking = laws.unclaimed(readable)
    assert [line.partition(":")[0] for line in claim_conditions(study)] == list(lacking)
    for condition, places in lacking.items():
        assert all(condition in step.failed_conditions for _, step in places)
        assert any(line.startswith(f"not claimed without {condition}") for line in _unclaimed(readable))
    refused = [step for curve in readable for step in curve.fit.extrapolations if not step.claimed]
    assert bool(lacking) == bool(refused)


def test_a_floor_that_may_be_nothing_is_a_bound(fit):
    stated = judged(fit, floor="bounded")
    stated.__dict__["stated_floor"] = Interval(0.0, 0.05)
    assert laws.floor(stated) == laws.Cell("≤ 0.0500")
    stated.__dict__["stated_floor"] = Interval(0.0, 0.05, open_high=True)
    assert laws.floor(stated).value == "unknown"


def test_what_cannot_be_tested_is_said_so(fit):
    untested = replace(fit.default, lack_of_fit=replace(fit.default.lack_of_fit, p=None))
    assert laws.lack_of_fit(untested) == ("not testable",)


def test_flags_that_verdicts_say_have_no_words():
    assert not list(flag_words({"law_rejected", "few_cases"}))
    assert len(list(flag_words({"provisional", "law_doubtful", "unequal_seeds"}))) == 3
