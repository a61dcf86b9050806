"""This computer: its devices, its memory, the workers on it, and how they are asked to stop."""
