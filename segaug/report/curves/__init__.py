"""Errors against N: all strategies together, curve by curve, by measure and by structure."""
