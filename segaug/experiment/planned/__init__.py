"""Which trials there are, and the data that each of them may see."""
