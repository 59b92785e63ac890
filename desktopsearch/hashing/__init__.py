"""The hash network and the child role that encodes with it."""
