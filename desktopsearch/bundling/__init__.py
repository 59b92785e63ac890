"""Makes the bundled model from a folder of images."""
