"""What `segaug data check` looks at: a rule a file, on arrays; `check` runs them over a data set."""
