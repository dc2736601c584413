"""The program `node-shell` itself, on a loopback: a connection that is reset is tried again, and nobody told."""

from __future__ import annotations

import base64
import socket
import struct
import subprocess
import threading
from pathlib import Path

import pytest

from experiments.toolbox.node_shell import PORT, program, read_request

pytestmark = pytest.mark.unit

RESET = struct.pack("ii", 1, 0)
"""SO_LINGER without a wait: closing sends a reset, as a relay does that is ending."""


def serve(listener: socket.socket, resets: int, seen: list[str]) -> None:
    """Reset the first connections, then answer one."""
    for _ in range(resets):
        connection, _ = listener.accept()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        connection.close()
    connection, _ = listener.accept()
    received = b""
    while (request := read_request(received)) is None:
        received += connection.recv(4096)
    seen.append(request.command)
    connection.sendall(b"accepted\n1 " + base64.b64encode(b"answer\n") + b"\nexit 3\n")
    connection.close()


@pytest.mark.parametrize("resets", [0, 1, 3])
def test_a_reset_connection_is_tried_again_and_not_told(resets: int, tmp_path: Path) -> None:
    seen: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(20)
        script = tmp_path / "node-shell"
        script.write_text(program().text.replace(f"127.0.0.1/{PORT}", f"127.0.0.1/{listener.getsockname()[1]}"))
        serving = threading.Thread(target=serve, args=(listener, resets, seen))
        serving.start()
        ended = subprocess.run(
            ["bash", script, "worker3", "--", "echo", "answer"],
            input=b"x" * 200_000,
            capture_output=True,
            timeout=30,
            check=False,
        )
        serving.join(timeout=20)
    assert (ended.returncode, ended.stdout, ended.stderr) == (3, b"answer\n", b"")
    assert seen == ["echo answer"]
