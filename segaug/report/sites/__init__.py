"""Test sets of other sites: curves from inside and outside, and the fall."""
