"""Fitted curves of a study: statistics of each size, the law, notes in words, and tables."""
