"""Commands that measure speed and retrieval quality; each writes its raw output to ``results``."""
