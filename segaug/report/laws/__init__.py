"""The fitted laws: what they say, whether they hold, and what may be read from them."""
