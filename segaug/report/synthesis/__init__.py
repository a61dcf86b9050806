"""The images that strategies have made: what they are like, and what became of them."""
