"""The figure of a bank: what stands in which column, and which samples are framed."""

from dataclasses import replace

import numpy as np
import pytest

from segaug.report.pictures.bank import bank_figure, bank_note
from segaug.results.bank_pictures import BankPictures
from tests.banked_study import K, pictures

pytestmark = pytest.mark.usefixtures("theme")


def gids(figure) -> set[str]:
    return {artist.get_gid() for artist in figure.findobj() if artist.get_gid()}


def test_a_row_has_source_reconstruction_samples_with_scores_and_the_nearest_real_image():
    bank = pictures(n=3)
    figure = bank_figure(bank, title="augpaint on heart")
    rows = np.array(figure.axes).reshape(3, K + 3)
    assert [axes.get_title(loc="left") for axes in rows[0]][:3] == ["source", "reconstruction", "samples"]
    assert [axes.get_xlabel() for axes in rows[1, 2:]] == [
        *(f"j = {j}: {score:.3f}" for j, score in enumerate(bank.score[1])), "j = 1: 0.0750",
    ]  # fmt: skip
    for column, shown in ((1, bank.reconstruction), (2, bank.made[:, 0]), (-1, bank.nearest)):
        for row, axes in enumerate(rows[:, column]):
            np.testing.assert_allclose(axes.images[0].get_array(), shown[row, 0] / 255)
    assert len(rows[0, 0].collections) == 2  # outline and box
    assert figure.get_suptitle() == "augpaint on heart"


def test_those_that_are_trained_on_are_framed_and_the_picture_stays_as_large_as_the_others():
    bank = pictures()
    chosen = np.array([[False, True, False, True], [False] * K])
    figure = bank_figure(replace(bank, chosen=chosen))
    assert gids(figure) == {"kept-0-1", "kept-0-3"}
    assert len({axes.get_xlim() for axes in figure.axes}) == 1


def test_where_nothing_is_kept_of_the_source_there_is_no_box_and_no_reconstruction():
    bank = pictures()
    plain = replace(bank, kept_px=np.zeros_like(bank.kept_px))
    figure = bank_figure(plain)
    assert len(figure.axes) == 2 * (K + 2)
    assert len(figure.axes[0].collections) == 1
    assert "kept of the source" in bank_note(bank)
    assert "kept of the source" not in bank_note(plain)


@pytest.mark.parametrize("channels", [1, 3])
def test_pictures_are_found_again_by_the_name_of_their_strategy(channels):
    bank = pictures(channels=channels)
    named = bank.named("augpaint(keep=1)") | pictures(n=1).named("augpaint")
    again = BankPictures.of(named, "augpaint(keep=1)")
    for name, array in vars(bank).items():
        np.testing.assert_array_equal(getattr(again, name), array)
    assert BankPictures.of(named, "random_bank") is None
    assert bank_figure(again).axes
