"""Stand-alone checks that the stories introduced, usable in anyone's CI; they import nothing of the lab."""
