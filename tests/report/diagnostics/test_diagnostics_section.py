"""The section on layers: marks at the correlations, the table, and the worst images with every strategy."""

import base64
import io

import pytest
from PIL import Image

from segaug.report.blocks.pictures import Pictures
from segaug.report.diagnostics.layer_figure import image_panel, relation_figure, relation_panel
from segaug.report.diagnostics.layer_groups import drawn, layer_groups
from tests.diagnosed_study import CASES, LAYERS, STRATEGIES, write
from tests.report.drawn import filled, mark, points
from tests.report.made_sections import Page
from tests.synthetic import write_study

pytestmark = pytest.mark.usefixtures("theme")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return Page(write(tmp_path_factory.mktemp("made") / "study").folder)


@pytest.fixture(scope="module")
def group(page):
    (group,) = drawn(layer_groups(page.study))
    return group


def test_marks_lie_at_the_correlations_the_open_ones_at_the_partial_ones(page, group):
    axes = relation_panel(page.study, group, "baseline")[0].axes[0]
    for place, cell in enumerate(group.of_strategy("baseline")):
        for gid, estimate, full in (
            (f"plain-{place}", cell.dice_of.plain, True),
            (f"partial-{place}", cell.dice_of.partial, False),
        ):
            ((x, y),) = points(axes, gid)
            assert x == pytest.approx(estimate.value)
            assert round(y) == place
            assert filled(mark(axes, gid)) is full


def test_every_image_is_a_point_and_the_line_has_the_mean_slope(group):
    figure, tooltips = image_panel(group, "decoder1")
    axes = figure.axes[0]
    cell = group.of_layer("decoder1")[0]
    assert points(axes, "images-0") == [tuple(point) for point in cell.points]
    assert len(tooltips["images-0"]) == CASES
    (x0, x1), (y0, y1) = next(line.get_data() for line in axes.lines if len(line.get_xdata()) == 2)
    assert (y1 - y0) / (x1 - x0) == pytest.approx(cell.dice_of.slope.value)


def test_the_table_has_every_layer_of_every_strategy(page):
    rows = page.table("diagnostics", "Separation")
    assert [(row["strategy"], row["layer"]) for row in rows] == [(s, layer) for s in STRATEGIES for layer in LAYERS]
    assert page.finding("diagnostics").startswith("Dice falls with the feature discrepancy in 4 of 6 layers; in 2")


def test_the_worst_images_are_shown_as_truth_and_each_prediction(page):
    (shown,) = page.all("diagnostics", Pictures)
    (picture,) = shown.pictures
    assert picture.title.endswith("seed 0: truth, baseline, red")
    pixels = Image.open(io.BytesIO(base64.b64decode(picture.data.partition(",")[2])))
    assert pixels.width / pixels.height == pytest.approx(3 / 2, rel=0.02)  # three pictures of each of two images
    assert "1.00, 1.00" in picture.description  # these truths are the predictions


def test_predictions_that_are_gone_or_damaged_are_left_out(tmp_path):
    store = write(tmp_path / "study", seeds=1)
    for path in store.folder.glob("trials/*/predictions.safetensors"):
        path.write_bytes(b"spoiled")
    page = Page(store.folder)
    assert page.all("diagnostics", Pictures) == []
    assert len(page.table("diagnostics", "Separation")) == len(STRATEGIES) * len(LAYERS)


def test_a_study_without_diagnostics_has_no_such_section(tmp_path):
    assert Page(write_study(tmp_path / "plain", sizes=(4,), seeds=1).folder).section("diagnostics") is None


def test_a_figure_for_a_paper_has_a_panel_a_strategy(page, group):
    assert len(relation_figure(page.study, group, "note").axes) == len(STRATEGIES)
