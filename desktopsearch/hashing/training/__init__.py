"""Training a hash layer, and a network under it, with any objective; one loop for all."""
