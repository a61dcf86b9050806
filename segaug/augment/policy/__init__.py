"""Policies: which transformation, and how strong, drawn from a softmax of its own for each group of them."""
