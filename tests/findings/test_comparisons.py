"""Sentences of a comparison: no more than its intervals allow, and the same in terminal and page."""

import math
import re
from dataclasses import replace

import pytest

from segaug.analysis.comparison.comparison import Comparison, Comparisons, ShapeDifference
from segaug.analysis.comparison.equivalent_data import EquivalentData, EquivalentSize
from segaug.analysis.interval import Interval
from segaug.analysis.law.weighted_law import Estimate
from segaug.cli.compare_output import lines
from segaug.findings.comparisons import (
    mean_worth,
    not_compared,
    on_pairs,
    ratio,
    ratio_cells,
    saw_more,
    untold_worth,
    with_other_cases,
    worth,
    worth_method,
)
from segaug.findings.numbers import NONE
from segaug.report.answers.sentences import answer
from segaug.report.comparison.equivalent_data import worth_sentences
from segaug.report.comparison.paired import overall_table, size_table
from segaug.report.comparison.strategies import compared, comparison_notes
from segaug.report.study.study import Study, load_study
from tests.report.paired_study import write_paired_study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("studies") / "paired"
    write_paired_study(folder)
    return load_study(folder, "bce")


@pytest.fixture(scope="module")
def red(study: Study) -> Comparison:
    return compared(study).groups[0][0]


def terminal(*found: Comparison) -> str:
    """What `segaug compare` prints, without its line ends."""
    return " ".join(" ".join(lines(Comparisons(found, ()))).split())


def with_worth(red: Comparison, *ends: tuple[float, float], **equivalent: str) -> Comparison:
    """The comparison with such intervals of N' at N = 16; the baseline was measured from 4 to 64."""
    sizes = tuple(EquivalentSize(16, 20, Interval(low, high, low < 4, high > 64), 4, 64) for low, high in ends)
    return replace(
        red, equivalent=EquivalentData(**{"method": "law", "reason": "", **equivalent}, sizes=sizes, summary=None)
    )


@pytest.fixture
def troubled(red: Comparison) -> Comparison:
    """Trials diverged, the laws differ, and the factors are interpolated."""
    more = Estimate(0.1, Interval(-0.05, 0.25))
    diverged = replace(
        red.divergence, pairs=(6, 6), strategy=(1, 0), baseline=(0, 0), p=0.0001, as_constant=red.overall.ratio
    )
    equivalent = replace(red.equivalent, method="interpolation", reason="no law is to be trusted")
    return replace(red, divergence=diverged, shape=ShapeDifference(more, more), equivalent=equivalent)


def test_terminal_and_page_say_the_same_of_pairs(troubled):
    printed, notes = terminal(troubled), " ".join(comparison_notes([[troubled]]))
    said = [*on_pairs(troubled), worth_method(troubled)]
    assert len(said) == 3
    for words in said:
        assert words in printed
        assert words in notes
    assert "McNemar p < 0.001" in printed


def test_terminal_and_page_say_the_same_of_what_a_strategy_is_worth(study, red):
    (sentence,) = worth_sentences(study, [[red]])
    middle = min(red.equivalent.sizes, key=lambda size: abs(math.log(size.size / 16)))
    for words in (worth(red, middle), mean_worth(red)):
        assert words
        assert words in sentence
        assert words in terminal(red)
    untold = with_worth(red, method="none", reason="both need a size")
    assert untold_worth(untold) in terminal(untold)
    assert untold_worth(untold) in worth_sentences(study, [[untold]])[0]


def test_terminal_and_page_say_the_same_of_who_saw_more_and_who_stands_alone(study, red):
    baseline = study.curves_of(*red.key[:2])["baseline"]
    assert f"red ({saw_more(red)})" in terminal(red)
    assert f"red, which {saw_more(red)}, errs less" in answer(baseline, "test BCE", "images", [red])
    same = replace(red, sees=red.baseline_sees)
    assert saw_more(same) == ""
    assert "more data than" not in answer(baseline, "test BCE", "images", [same])
    alone = red.key._replace(model="swin_unet")
    assert f"{alone}: {not_compared('baseline')}" in " ".join(" ".join(lines(Comparisons((red,), (alone,)))).split())


def test_a_ratio_of_an_answer_is_that_of_the_comparison(study, red):
    baseline = study.curves_of(*red.key[:2])["baseline"]
    assert f"by a factor of {ratio(red.overall.ratio)} " in answer(baseline, "test BCE", "images", [red])


def test_a_ratio_has_the_same_digits_in_terminal_and_page(study, red):
    (overall,), sizes = overall_table([[red]]).rows, size_table([[red]]).rows
    assert f"ratio {overall[3]} {overall[4]}, " in terminal(red)
    assert f"with other test cases, too: {overall[5]} " in terminal(red)
    assert len(sizes) == len(red.sizes)
    for row in sizes:
        assert f" {row[7]} {row[8]} " in terminal(red)


def test_a_ratio_has_no_more_digits_than_its_interval_supports(red):
    log = red.overall.ratio.log
    wide = replace(log, interval=Interval(log.mean - 0.5, log.mean + 0.5))
    errors = replace(red.overall.ratio, log=wide)
    assert ratio(errors) == " ".join(ratio_cells(errors))
    assert re.fullmatch(r"\d\.\d\d \[\d\.\d\d, \d\.\d\d\]", ratio(errors))
    unpaired = replace(errors, log=replace(log, mean=math.nan, interval=None), other_cases=None)
    assert (*ratio_cells(unpaired), with_other_cases(unpaired)) == (NONE, NONE, "")


@pytest.mark.parametrize(("ends", "verb"), [((5, 30), "is"), ((1, 30), "is"), ((1, 900), "could be")])
def test_what_is_open_at_both_ends_is_no_claim(red, ends, verb):
    found = with_worth(red, ends)
    assert f" {verb} worth " in worth(found, found.equivalent.sizes[0])


def test_nothing_is_said_of_what_there_is_none(red):
    calm = replace(red, divergence=replace(red.divergence, strategy=(0,), baseline=(0,)), shape=None)
    assert not list(on_pairs(calm))
    assert not mean_worth(with_worth(red, (5, 30)))
    assert not worth_method(with_worth(red, (5, 30)))
    assert worth_method(with_worth(red, (5, 30), reason="the strategy by its means")).endswith("by its means")
