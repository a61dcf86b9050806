"""What a configuration may say: values, within bounds, and nothing that Python would run."""
