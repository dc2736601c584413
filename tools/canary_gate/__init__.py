"""Walk a canary up in steps while Prometheus says that it is well, and back to nothing where it does not."""
