"""Crowded cells: few trials are all drawn; of many an even choice with both ends, which the caption tells."""

import re

import numpy as np

from segaug.report.curves.captions import single_caption, trials_drawn
from segaug.report.curves.charts import single_chart
from segaug.report.look.theme import themed
from segaug.report.marks.crowd import MOST_DRAWN, drawn
from segaug.report.study.study import load_study
from tests.synthetic import write_study


def test_few_are_all_drawn_in_their_order():
    values = np.random.default_rng(0).standard_normal(MOST_DRAWN).tolist()
    assert drawn(values, float) == values


def test_of_many_the_choice_has_both_ends_and_even_ranks_in_their_order():
    values = np.random.default_rng(0).permutation(10 * MOST_DRAWN).tolist()
    chosen = drawn(values, float)
    assert len(chosen) == MOST_DRAWN
    assert chosen == [value for value in values if value in chosen]
    assert {min(values), max(values)} <= set(chosen)
    assert set(np.diff(sorted(chosen))) <= {10, 11}


def test_a_crowded_panel_names_those_it_draws_and_its_caption_the_rule(tmp_path):
    for seeds, rule in ((MOST_DRAWN, False), (MOST_DRAWN + 1, True)):
        study = load_study(write_study(tmp_path / str(seeds), sizes=(4, 8), seeds=seeds).folder)
        with themed():
            points = re.findall(r", N = (\d+), seed \d+: ", single_chart(study, study.fits[0]))
        assert (points.count("4"), points.count("8")) == (MOST_DRAWN, MOST_DRAWN)
        assert ("evenly spaced ranks of their error" in single_caption(study)) == rule
        assert trials_drawn(study) == (f"up to {MOST_DRAWN} trials of each N" if rule else "every trial")
