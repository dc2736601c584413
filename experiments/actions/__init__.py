"""Actions: plain typed functions that Chaos Toolkit calls with JSON arguments; all they touch comes from the guard."""
