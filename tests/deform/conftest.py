import pytest
import torch


@pytest.fixture(autouse=True)
def _same_numbers_each_run():
    torch.manual_seed(0)
