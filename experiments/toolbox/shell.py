"""The trainee's shell."""

from __future__ import annotations

from experiments.toolbox.confinement import Place


def shell(place: Place) -> list[str]:
    """The command that opens a shell in the anchor, for a terminal of the host.

    The anchor is confined as every block is, and has the same home: what a trainee can do is what was proven.
    """
    return ["docker", "exec", "-it", place.name, "bash"]
