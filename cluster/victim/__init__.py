"""A throw-away cluster beside the lab's, for incidents that wreck a control plane: made by a run, removed with it."""
