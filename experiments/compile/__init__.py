"""From a scenario value to a Chaos Toolkit experiment: pure, the same input gives the same file."""
