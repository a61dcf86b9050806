"""What a folder of images and masks is, told from its names and a few of its files: a proposal for a config."""
