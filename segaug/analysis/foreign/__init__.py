"""Trials that segaug did not run: tables as people have them, read, checked and brought into the form of our own."""
