import pytest
import torch
from pytorch_lightning import LightningModule
from torch import nn

from segaug.augment.trainer import train


class Line(LightningModule):
    """One weight, and the devices that it was moved to, in order."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(()))
        self.moves = []

    def training_step(self, batch, step):
        return self.weight.square()

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), 0.1)

    def cpu(self):
        self.moves.append("cpu, by name")
        return super().cpu()

    def to(self, device):
        self.moves.append(device)
        return super().to(device)


def test_a_module_ends_on_the_device_that_it_was_trained_on():
    """Lightning itself leaves it on the CPU; the images that it is used on next lie where it was trained."""
    module = Line()
    train(module, range(1), torch.device("cpu"))
    assert module.weight < 1
    assert module.moves[-1] == torch.device("cpu")


@pytest.mark.gpu
def test_a_module_stays_on_the_gpu():
    module = Line().to(torch.device("cuda"))
    train(module, range(1), torch.device("cuda"))
    assert module.weight.is_cuda
