"""Elastic fields: offsets of a coarse grid of control points, interpolated bicubically."""

from dataclasses import dataclass

from torch import Tensor

from segaug.deform.coarse import bicubic_weights
from segaug.deform.control_field import ControlField


@dataclass(frozen=True, kw_only=True)
class ElasticField(ControlField):
    """The offset is `dense` of the control points."""

    spacing_px: float  # between them

    def weights(self, axis: int) -> Tensor:
        """As of `dense`."""
        return bicubic_weights(self.size[axis], self.spacing_px, self.control_px.dtype, self.control_px.device)
