"""What strategies learn before training: listed, made once, kept."""
