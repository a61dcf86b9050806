"""How often training diverged."""
