"""The section on made images: counts and means of its tables, figures, and what it warns of."""

import numpy as np
import pytest

from segaug.report.blocks.section import Drawing, Panels
from segaug.report.synthesis.bank_table import NUMBERS
from segaug.report.synthesis.banks import bank_cells
from segaug.report.synthesis.option_figure import option_groups, option_panel
from segaug.report.synthesis.score_figure import score_panel
from tests.banked_study import SIZES, STRATEGIES, K, error, pictures, write, write_card
from tests.report.drawn import points
from tests.report.made_sections import Page
from tests.report.odd_studies import Cell

pytestmark = pytest.mark.usefixtures("theme")
MAKING = STRATEGIES[1:]


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    store = write(tmp_path_factory.mktemp("made") / "study")
    write_card(store.folder, {"augpaint": pictures(), "random_bank": pictures(n=1)})
    return Page(store.folder)


def test_counts_are_those_of_all_banks(page):
    rows = page.table("synthesis", "What was made")
    assert [(row["strategy"], row["N"]) for row in rows] == [(name, str(size)) for name in MAKING for size in SIZES]
    for row in rows:
        size = int(row["N"])
        assert (row["banks"], row["trials"], row["empty"]) == ("3", "3", "3")
        assert int(row["made"]) == 3 * K * (size - 1)
        assert row["lost"] == f"3 of {3 * (size - 1)}"
    (half,) = [row for row in rows if (row["strategy"], row["N"]) == ("augpaint", "8")]
    assert (half["kept"], half["used"]) == ("36", "12.0")


def test_two_networks_share_a_bank_which_counts_once(tmp_path):
    store = write(tmp_path / "study", ("augpaint",), seeds=1)
    for trial in list(store.records()):
        store.write_record({**trial, "id": f"{trial['id']}-other", "model": "swin_unet"})
    made = Page(store.folder).table("synthesis", "What was made")
    assert [(row["trials"], row["banks"], row["made"]) for row in made] == [("2", "1", "12"), ("2", "1", "28")]


def test_measures_are_means_beside_what_they_are_read_against(page):
    rows = page.table("synthesis", "What the images are like")
    for row in rows:
        assert (row["grey"], row["contrast"]) == ("1.10", "1.00")
        assert (row["error in the box"], row["by compression"]) == ("0.0100", "0.00800")
        assert (row["KID"], row["floor"]) == ("0.0310", "0.00200")
        assert row["samples, images"] == f"{4 * int(row['N'])}, 60"
        assert row["memorisation"] == ("1.50" if row["strategy"] == "random_bank" else "1.10")


def test_what_was_not_measured_is_a_dash(tmp_path):
    unknown = dict.fromkeys(("kid", "kid_floor", "kid_samples", "box_error_reconstruction", "memorisation", "mean"))
    store = write(tmp_path / "study", ("augpaint",), seeds=1, **unknown)
    (row, _) = Page(store.folder).table("synthesis", "What the images are like")
    assert [row[name] for name in ("KID", "floor", "samples, images", "by compression", "grey")] == ["–"] * 5


def test_every_number_of_the_tables_has_its_sentence_and_none_is_called_fid(page):
    said = " ".join(page.sentences("synthesis")).casefold()
    for title in ("What was made", "What the images are like"):
        for column in set(page.table("synthesis", title)[0]) - {"task", "strategy", "N", "trials", "banks"}:
            for word in column.split(", "):
                assert word.casefold() in said
    assert len(page.sentences("synthesis")) == len(NUMBERS)
    assert "fid" not in said.replace("confid", "")


def test_banks_of_the_cards_are_drawn_and_named(page):
    names = [block.name for block in page.all("synthesis", Drawing)]
    assert [name.rpartition(" of ")[2] for name in names] == ["random_bank on heart", "augpaint on heart"]
    assert all("N = 8 and seed 0" in block.caption for block in page.all("synthesis", Drawing))
    assert page.section("synthesis").figures.keys() == {
        "bank_scores", "bank_options", "bank_heart_augpaint", "bank_heart_random_bank",
    }  # fmt: skip


def test_a_histogram_counts_every_sample_once(page):
    for cell in bank_cells(page.study):
        (axes,) = score_panel(cell).axes
        drawn = {patch.get_gid(): patch.get_data() for patch in axes.patches}
        kept, rejected = drawn["kept"].values, drawn["rejected"].values - drawn["rejected"].baseline
        assert kept.sum() == cell.total("kept")
        assert (kept + rejected).sum() == cell.total("made")


def test_the_error_is_drawn_against_an_option_that_varies_and_against_no_other(page):
    groups = option_groups(page.study)
    assert [(group.option, group.size, list(group.families)) for group in groups] == [
        ("keep", size, ["augpaint"]) for size in SIZES
    ]
    axes = option_panel(page.study, groups[0])[0].axes[0]
    drawn = dict(points(axes, "means-0"))
    assert sorted(drawn) == [0.25, 0.5, 1.0]
    for keep, strategy in ((0.25, "augpaint(keep=0.25)"), (0.5, "augpaint"), (1.0, "augpaint(keep=1)")):
        cells = [Cell("heart", "nnunet", strategy, 4, seed) for seed in range(3)]
        assert drawn[keep] == pytest.approx(np.mean([error(cell) for cell in cells]), rel=1e-6)


def test_a_study_of_one_value_has_no_panel_of_options(tmp_path):
    page = Page(write(tmp_path / "study", ("baseline", "augpaint"), seeds=1).folder)
    assert not option_groups(page.study)
    assert len(page.all("synthesis", Panels)) == 1
    assert page.all("synthesis", Drawing) == []  # and no card


def test_a_study_without_banks_has_no_such_section(tmp_path):
    assert Page(write(tmp_path / "plain", ("baseline",), seeds=1).folder).section("synthesis") is None


def test_cautions_name_copies_other_grey_values_and_sources_without_samples(tmp_path):
    bad = Page(write(tmp_path / "bad", ("augpaint",), seeds=2, memorisation=0.31, sd=0.1).folder).cautions()
    assert bad["memorised"][1:] == tuple(f"heart · augpaint · N = {size}: 0.310 in 2 of 2 banks" for size in SIZES)
    assert "standard deviation 0.500 of that of real images, in 2 of 2 banks" in bad["other_grey_values"][1]
    assert bad["lost_sources"][1:] == tuple(
        f"heart · augpaint · N = {size}: 2 of {2 * (size - 1)} sources" for size in SIZES
    )


def test_nothing_is_warned_of_where_samples_are_as_far_as_other_patients(page):
    assert page.cautions().keys() & {"memorised", "other_grey_values"} == set()
