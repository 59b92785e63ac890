"""Training objectives, one paper a file; none knows another."""
