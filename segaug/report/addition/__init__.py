"""Images of other sources added to a base set."""
