"""A backup is good only where what came back is what Redis held, and a file only where it is what was written down."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tools.bad_input import BadInput
from tools.redis_backup import manifest
from tools.redis_backup.cli import main
from tools.redis_backup.client import Client, Refused
from tools.redis_backup.compare import differences, not_arrived
from tools.redis_backup.content import Held, whole
from tools.redis_backup.manifest import Manifest
from tools.redis_backup.scratch import NotRestorable, scratch

pytestmark = pytest.mark.unit


def held(**digests: str) -> dict[bytes, Held]:
    """Keys with what they hold; a digest that ends with `~` is one with a lifetime."""
    return {name.encode(): Held(digest.rstrip("~"), digest.endswith("~")) for name, digest in digests.items()}


def test_a_backup_of_what_did_not_change_has_to_hold_it() -> None:
    source = held(a="1", b="2", c="3~")
    assert differences(source, source, source) == []
    assert differences(source, source, held(a="1", b="9", c="3~")) == ["b is another one in the backup"]
    assert differences(source, source, held(a="1", b="2")) == ["c is not in the backup"]


def test_what_was_written_or_expired_meanwhile_is_not_compared() -> None:
    before, after = held(changed="1", gone="2~", kept="3"), held(changed="9", new="4", kept="3")
    assert differences(before, after, held(changed="5", kept="3")) == []
    assert differences(before, after, held(changed="5")) == ["kept is not in the backup"]


def test_an_empty_backup_of_a_redis_that_held_something_is_no_backup() -> None:
    source = held(**{f"k{n}": "1" for n in range(7)})
    wrong = differences(source, source, {})
    assert wrong[:2] == ["k0 is not in the backup", "k1 is not in the backup"]
    assert wrong[-1] == "and 2 more of which each is not in the backup"


def test_what_a_restore_has_to_bring_does_not_expire() -> None:
    backup = held(a="1", b="2~")
    assert not_arrived(backup, held(a="1", other="3")) == []
    assert not_arrived(backup, held(b="2~")) == ["a did not arrive"]
    assert not_arrived(backup, held(a="9")) == ["a is another one than in the backup"]


def test_the_digest_of_all_keys_knows_names_values_and_what_lasts() -> None:
    assert whole(held(a="1", b="2")) == whole(dict(reversed(held(a="1", b="2").items())))
    assert whole(held(a="1", b="2")) == whole(held(a="1", b="2", c="3~"))
    assert len({whole(held(a="1", b="2")), whole(held(a="1")), whole(held(a="2", b="1")), whole(held(ab="12"))}) == 4


def test_a_manifest_finds_another_file_and_another_content(tmp_path: Path) -> None:
    file = tmp_path / "a.rdb"
    file.write_bytes(b"REDIS0012")
    source = held(a="1", b="2~")
    Manifest.of(file, source, "2026-01-01T00:00:00+00:00", "redis:6379").write(file)
    written = manifest.read(file)
    assert (written.keys, written.lasting, written.size) == (2, 1, 9)
    assert written.wrong(file, source) == []
    assert written.wrong(file, held(a="1")) == [], "a lifetime may have ended"
    assert [one.partition(":")[0] for one in written.wrong(file, held(a="9", b="2~"))] == ["digest of the lasting keys"]
    assert len(written.wrong(file, held(b="2~"))) == 2
    file.write_bytes(b"REDIS0011")
    assert [one.partition(":")[0] for one in written.wrong(file, source)] == ["SHA-256"]


@pytest.mark.parametrize("text", ["", "[]", '{"size": 1}', json.dumps({"strange": 1})])
def test_what_is_no_manifest_is_bad_input(tmp_path: Path, text: str) -> None:
    file = tmp_path / "a.rdb"
    with pytest.raises(BadInput, match="not the manifest"):
        manifest.read(file)
    manifest.beside(file).write_text(text)
    with pytest.raises(BadInput, match="not the manifest"):
        manifest.read(file)


@contextmanager
def wire(answers: bytes) -> Iterator[tuple[Client, list[bytes]]]:
    """A client whose other end says these bytes and then nothing; what it was sent is in the list afterwards."""
    sent: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                sent.append(connection.recv(65536))
                connection.sendall(answers)

        thread = threading.Thread(target=serve)
        thread.start()
        client = Client(("127.0.0.1", listening.getsockname()[1]))
        try:
            yield client, sent
        finally:
            client.close()
            thread.join(5)


def test_commands_and_answers_are_binary() -> None:
    with wire(b"*4\r\n$4\r\na\r\nb\r\n$-1\r\n:7\r\n*0\r\n") as (client, sent):
        assert client.ask("GET", b"\r\n", 12) == [b"a\r\nb", None, 7, []]
    assert sent == [b"*3\r\n$3\r\nGET\r\n$2\r\n\r\n\r\n$2\r\n12\r\n"]


def test_an_error_is_one_and_stays_in_its_place() -> None:
    with wire(b"-NOAUTH Authentication required.\r\n") as (client, _), pytest.raises(Refused, match="NOAUTH"):
        client.ask("PING")
    with wire(b"+OK\r\n-BUSYKEY there\r\n+OK\r\n") as (client, _):
        answers = client.ask_all([("A",), ("B",), ("C",)])
    assert [isinstance(one, Refused) for one in answers] == [False, True, False]


@pytest.mark.parametrize("answers", [b"", b"$10\r\nshort", b"+cut", b"HTTP/1.1 400 Bad Request\r\n"])
def test_an_answer_that_is_cut_short_or_no_redis_is_bad_input(answers: bytes) -> None:
    with wire(answers) as (client, _), pytest.raises(BadInput, match="does not answer any more"):
        client.ask("PING")


def test_what_the_server_does_not_load_is_not_restorable(tmp_path: Path) -> None:
    server = tmp_path / "server"
    server.write_text("#!/bin/sh\necho 'Wrong signature trying to load DB from file'\nexit 1\n")
    server.chmod(0o755)
    with pytest.raises(NotRestorable, match="Wrong signature"), scratch(tmp_path / "a.rdb", str(server)):
        raise AssertionError("it was loaded")
    with pytest.raises(BadInput, match="cannot be started"), scratch(tmp_path / "a.rdb", str(tmp_path / "none")):
        raise AssertionError("it was started")


def test_nothing_is_written_over_and_nobody_is_assumed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "a.rdb"
    assert main(["verify", str(out)]) == 2
    assert "there is no backup" in capsys.readouterr().err
    out.write_bytes(b"")
    assert main(["save", "--host", "127.0.0.1", "--port", "1", "--out", str(out)]) == 2
    assert "is not written over" in capsys.readouterr().err
    assert main(["save", "--host", "127.0.0.1", "--port", "1", "--out", str(tmp_path / "b.rdb")]) == 2
    assert "cannot be reached" in capsys.readouterr().err
