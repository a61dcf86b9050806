"""Test sets of other sites: how far a network falls from where it was trained to where it was not."""
