"""What the layers of the networks make of test images, and which of these are segmented worst."""
