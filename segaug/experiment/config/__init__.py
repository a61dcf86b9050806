"""From words on a command line to a typed trial with a name."""
