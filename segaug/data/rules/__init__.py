"""What all kinds of stored data sets share: one small rule a file, from stored values to what a task holds."""
