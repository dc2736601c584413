"""promtool, from the lab's toolbox image: files go in through standard input, nothing of the host is mounted."""

from __future__ import annotations

import io
import re
import subprocess
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass

from cluster.errors import CommandFailed

_TIMEOUT_S = 60
_FAILED = 1
_LINE = re.compile(r"\b(?:line |[\w./-]+\.yaml: )(\d+)[:,]")


@dataclass(frozen=True)
class Promtool:
    """Runs promtool on files that exist in memory only.

    Args:
        shell: a command that runs the shell script appended to it and passes standard input on.
    """

    shell: tuple[str, ...]

    @classmethod
    def in_image(cls, image: str, labels: Mapping[str, str] | None = None) -> Promtool:
        """promtool in a container of `image` (with its tag) that is gone afterwards, without network or mounts."""
        marks = [part for key, value in (labels or {}).items() for part in ("--label", f"{key}={value}")]
        bounds = ["--network", "none", "--read-only", "--cap-drop", "ALL", "--tmpfs", "/tmp", "--memory", "512m"]  # noqa: S108 - inside the container
        return cls(("docker", "run", "--rm", "-i", *marks, *bounds, "--entrypoint", "sh", image, "-c"))

    def check_rules(self, files: Mapping[str, str]) -> tuple[int, str] | None:
        """`promtool check rules` on all files.

        Args:
            files: name -> content.

        Returns:
            None where they are right, else the line promtool names (1 where it names none) and what it says.

        Raises:
            CommandFailed: promtool could not run.
        """
        return self._run(f"promtool check rules {' '.join(files)}", files)

    def test_rules(self, files: Mapping[str, str], test: str) -> tuple[int, str] | None:
        """`promtool test rules` on the file named `test`, which finds its rule files among `files`.

        Returns and raises as `check_rules`.
        """
        return self._run(f"promtool test rules {test}", files)

    def _run(self, command: str, files: Mapping[str, str]) -> tuple[int, str] | None:
        script = f'set -e; cd "$(mktemp -d)"; tar -xf -; {command} 2>&1'
        try:
            done = subprocess.run([*self.shell, script], input=_tar(files), capture_output=True, timeout=_TIMEOUT_S)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise CommandFailed(f"`{command}` did not run: {error}", "run `firedrill doctor`") from error
        output = done.stdout.decode(errors="replace")
        if done.returncode == 0:
            return None
        if done.returncode != _FAILED:
            said = " ".join((output + done.stderr.decode(errors="replace")).split())
            raise CommandFailed(f"`{command}` did not run (exit {done.returncode}): {said}", "run `firedrill doctor`")
        line = _LINE.search(output)
        said = " ".join(output.partition("FAILED:")[2].split()) or " ".join(output.split())
        return int(line[1]) if line else 1, said


def _tar(files: Mapping[str, str]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, text in files.items():
            content = text.encode()
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o644
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()
