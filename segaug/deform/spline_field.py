"""Fields through knots that reach from edge to edge of the image."""

from dataclasses import dataclass

from torch import Tensor

from segaug.deform.coarse import edge_to_edge_weights
from segaug.deform.control_field import ControlField


@dataclass(frozen=True, kw_only=True)
class SplineField(ControlField):
    """The offset is the cubic spline through the control points, of which the outer ones lie on the image's edges."""

    def weights(self, axis: int) -> Tensor:
        """As of `edge_to_edge_weights`."""
        return edge_to_edge_weights(
            self.size[axis], self.control_px.shape[2 + axis], self.control_px.dtype, self.control_px.device
        )
