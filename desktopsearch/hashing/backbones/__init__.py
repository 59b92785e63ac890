"""Networks that describe pictures by features: frozen in search, tuned in deep training."""
