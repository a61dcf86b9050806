"""The trials themselves: which are done, what they cost, and what a reader must know of them."""
