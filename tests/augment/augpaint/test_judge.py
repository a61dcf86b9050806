from functools import partial

import pytest
import torch
from torch import nn

from segaug.augment.artefact import quiet
from segaug.augment.augpaint.judge import JudgeLearning, classes, confidence
from segaug.augment.augpaint.options import Judge
from segaug.rng import stream
from tests.augment.learned import hearts

SIZE = (20, 28)  # no multiples of 8


class Fixed(nn.Module):
    """The same logits everywhere, whatever is shown."""

    def __init__(self, *logits):
        super().__init__()
        self.logits = torch.tensor(logits).view(1, -1, 1, 1)

    def forward(self, image):
        return self.logits.expand(len(image), -1, *image.shape[2:])


def test_it_is_the_mean_probability_of_the_label_where_something_is_labelled():
    batch = hearts(4, SIZE)
    one = confidence(Fixed(1.5), batch.image, batch.label)
    torch.testing.assert_close(one, torch.full((4,), 1.5, dtype=torch.float64).sigmoid())
    label = torch.cat([batch.label, 0 * batch.label], 1)
    several = confidence(Fixed(0.0, 1.0, 2.0), batch.image, label)
    wanted = torch.tensor([0.0, 1.0, 2.0], dtype=torch.float64).softmax(0)[1]
    torch.testing.assert_close(several, wanted.expand(4))


def test_a_label_without_a_pixel_has_no_plausibility():
    image = hearts(2, SIZE).image
    assert confidence(Fixed(9.0), image, torch.zeros_like(image)).tolist() == [0, 0]


def test_classes_count_from_the_background():
    label = torch.tensor([[0, 1, 0], [0, 0, 1]]).float().view(1, 2, 1, 3)
    assert classes(label).flatten().tolist() == [0, 1, 2]


@pytest.mark.parametrize("structures", [1, 2])
def test_it_learns_what_it_is_shown(structures):
    batch = hearts(6, SIZE)
    label = torch.cat([batch.label] + [0 * batch.label] * (structures - 1), 1)
    labelled = type(batch)(batch.image, label, batch.index, batch.spacing_mm, batch.source)
    learning = JudgeLearning(labelled, Judge(updates=16, width=4), partial(stream, 0, "judge"), quiet)
    learning.run(torch.device("cpu"))
    own = confidence(learning.kept, batch.image, label)
    wrong = confidence(learning.kept, batch.image, label.roll(9, 3))
    assert own.mean() > wrong.mean() + 0.1
