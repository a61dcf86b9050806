import pytest
import torch
from torch.nn import functional as F

from segaug.batch import Batch


@pytest.fixture(params=[(1, (48, 48)), (2, (40, 57))], ids=["binary-square", "two-structures-oblong"])
def batch(request):
    """Five images with blobs as labels; the sides of the oblong ones are no powers of two."""
    structures, size = request.param
    rng = torch.Generator().manual_seed(3)
    image = F.interpolate(torch.rand(5, 1, 7, 6, generator=rng), size=size, mode="bicubic").clamp(0, 1)
    blobs = F.interpolate(torch.randn(5, structures + 1, 5, 5, generator=rng), size=size, mode="bicubic").argmax(1)
    label = torch.stack([(blobs == k + 1).float() for k in range(structures)], dim=1)
    return Batch(image, label, torch.arange(5), torch.ones(5, 2))
