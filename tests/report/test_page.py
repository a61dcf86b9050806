"""The page: complete, self-contained, safe, and the same for the same records."""

import re
from html.parser import HTMLParser

import pytest

from segaug.errors import DataError
from segaug.report.page import write_report
from segaug.results.store import Store
from tests.report.conftest import HOSTILE
from tests.slow_rest import slow_but
from tests.synthetic import write_study


class Reader(HTMLParser):
    """Elements, what they load, and text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loads += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "data")]
        self.ids += [value or "" for name, value in attrs if name == "id"]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def page(troubled_report) -> str:
    return troubled_report[0].page.read_text()


@pytest.fixture(scope="module")
def read(page: str) -> Reader:
    return Reader(page)


def test_nothing_is_loaded_from_anywhere(page, read):
    assert read.loads
    assert all(value.startswith(("#", "data:")) for value in read.loads)
    assert not [rule for rule in ("@import", "url(http") if rule in page]
    assert "script" not in read.tags


def test_ids_are_unique_and_links_meet_them(read):
    assert len(read.ids) == len(set(read.ids))
    assert {value[1:] for value in read.loads if value.startswith("#")} <= set(read.ids)


def test_hostile_names_and_tracebacks_are_text(page, read):
    assert HOSTILE not in page
    assert read.text.count(HOSTILE) > 3


def test_tasks_models_strategies_and_sizes_are_named(read):
    for name in ("cardiac_lv", "phantom_thorax", "nnunet", "swin_unet", "baseline", "red", "N = 1, 2, 4, 8, 16"):
        assert name in read.text


def test_every_panel_is_there(page):
    curves = re.findall(r'aria-label="test BCE against N for (\w+), (\w+)"', page)
    groups = [("cardiac_lv", "nnunet"), ("phantom_thorax", "nnunet"), ("phantom_thorax", "swin_unet")]
    assert sorted(curves) == sorted(2 * groups)  # once with laws, once beside Dice
    single = re.findall(r'aria-label="test BCE against N for \w+, \w+, [^"]+"', page)
    assert len(single) == 6  # two strategies in two groups, one in the third, and the hostile one
    for name in ("E(Nmax)", "slope at Nmax", "φ = c / E(Nmax)", "b", "c", "a"):
        assert f'aria-label="{name} of all curves"' in page
    for name in ("residuals", "noise"):
        assert len(re.findall(f'aria-label="{name} of ', page)) == len(groups)
    assert len(re.findall('aria-label="b and floor share of ', page)) == 5  # the hostile one has two sizes: no law


def test_every_converged_trial_is_a_point_with_its_value(page, troubled):
    tooltips = re.findall(r"<title>(\S+)\n(.*?), N = (\d+), seed (\d+): ([\d.e-]+)</title>", page)
    expected = {
        (trial["id"], str(trial["size"]), str(trial["seed"]), f"{trial['test']['best']['bce']:.4g}")
        for trial in Store(troubled).records()
        if trial["status"] == "ok"
    }
    assert {(trial, size, seed, value) for trial, _, size, seed, value in tooltips} == expected
    assert len(tooltips) == len(expected)
    assert "cardiac_lv-nnunet-red-1-0\nred, N = 1, seed 0: diverged" in page


def test_captions_say_axes_interval_number_of_seeds_and_validation_labels(read):
    for words in ("nats per pixel", "logarithmic", "95 % profile interval", "n = 2 to 4 seeds", "V = 16 validation"):
        assert words in " ".join(read.text.split())


def test_a_missing_card_is_said_and_a_present_one_is_shown(page, read):
    assert "This study has no card of cardiac_lv." in read.text
    assert "This study has no card of phantom_thorax." not in read.text
    assert "phantom_thorax: CC0-1.0" in read.text
    assert page.count('<img src="data:image/png;base64,') == 2


def test_themes_and_print_are_styled(page):
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page


@pytest.mark.parametrize("sizes", slow_but([(4, 8), (4, 8, 16, 32)], "(4, 8)"))  # with and without laws
def test_equal_records_give_equal_bytes(tmp_path, dots, sizes):
    pages = []
    for place in ("first", "second"):
        folder = tmp_path / place / "same"
        write_study(folder, sizes=sizes, seeds=2)
        written = write_report(folder)
        pages.append([written.page.read_bytes(), *(path.read_bytes() for path in written.figures)])
    assert pages[0] == pages[1]


def test_figures_for_a_paper_lie_beside_the_page(troubled, page):
    names = {path.name for path in (troubled / "report" / "figures").iterdir()}
    groups = ("cardiac_lv_nnunet", "phantom_thorax_nnunet", "phantom_thorax_swin_unet")
    single = (*(f"curves_bce_{group}" for group in groups), *(f"dice_differences_{group}" for group in groups[:2]))
    compared = ("ratio_bce", "equivalent_data_bce", "planning_bce", "divergence")
    stems = ("curves_bce", "curves_bce_recalibrated", "curves_dice", "curves_hd95", "laws_bce", *single, *compared)
    assert names == {f"{stem}.{kind}" for stem in stems for kind in ("png", "svg")}


@pytest.mark.slow
def test_laws_can_be_fitted_to_dice(calm):
    text = " ".join(Reader(write_report(calm, "1-dice").page.read_text()).text.split())
    assert "What the law E(N) = a·N⁻ᵇ + c of 1 − Dice says" in text
    assert (calm / "report" / "figures" / "curves_1-dice.svg").is_file()


def test_a_study_without_a_finished_trial_says_so(tmp_path):
    Store(tmp_path).add_plan({"schema": 1, "trials": [], "skipped": []})
    with pytest.raises(DataError, match="no finished trial"):
        write_report(tmp_path)
