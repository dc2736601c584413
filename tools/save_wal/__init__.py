"""Save what Prometheus has not written to a block yet, from the volume of a stopped pod."""
