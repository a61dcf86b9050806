"""Where the spread of test errors comes from."""
