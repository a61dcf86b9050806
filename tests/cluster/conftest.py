"""Tiny trials, as the tests of experiments have them."""

from tests.experiment.conftest import decoded, tiny

__all__ = ["decoded", "tiny"]
