"""All that the report shows of one study, read once, and how its measures are drawn."""
