"""Strategies beside their baseline: paired tests and what a strategy is worth in data."""
