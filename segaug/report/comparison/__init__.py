"""Strategies beside their baseline: paired ratios, and what they are worth in data."""
