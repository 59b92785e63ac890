"""Child roles that touch the user's files: scan, identify, decode."""
