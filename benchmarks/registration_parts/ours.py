"""Our registration as a method of any number of pairs at a time."""

from time import process_time

import torch

from registration_parts.method import Found, Method
from registration_parts.pair import Stacked
from segaug.registration.lddmm import Lddmm, register
from segaug.registration.maps import inverse_map_px
from segaug.registration.shooting import shoot


def ours(lddmm: Lddmm) -> Method:
    """Register, then map every pixel in both directions; all of it is timed."""

    @torch.no_grad()
    def method(pairs: Stacked) -> Found:
        rows, columns = pairs.fixed.shape[2:]
        start = process_time()
        found = register(pairs.moving, pairs.fixed, lddmm)
        path = shoot(found.momentum, found.modes)
        inverse_map, forward_map = (inverse_map_px(way, found.modes, (rows, columns)) for way in (path, -path.flip(0)))
        seconds = process_time() - start
        return Found(inverse_map, forward_map, seconds, guarded=int((found.guard_factor < 1).sum()))

    return method
