"""May this replica be promoted? Asked in front of every failover; whatever is not known means no."""
