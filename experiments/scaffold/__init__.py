"""`firedrill new`: a scenario folder to start from; it parses, and its check says what is left to write."""

from experiments.scaffold.new import new

__all__ = ["new"]
