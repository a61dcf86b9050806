"""What more seeds or more sizes would tell."""
