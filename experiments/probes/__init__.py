"""Probes: plain typed functions that Chaos Toolkit calls with JSON arguments, and how they ask the lab."""
