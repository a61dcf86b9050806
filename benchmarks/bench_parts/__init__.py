"""What the table of speeds is made of."""
