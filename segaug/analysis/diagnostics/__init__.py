"""How what the layers of a network make of an image goes with how well it is segmented."""
