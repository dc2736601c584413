"""Who is let in on a game day: a token for the facilitator, for each team, and for the wall."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from cluster.errors import UsageError
from drills.server.access import Access, Role, Visitor
from experiments.record.writing import write_bytes

_LETTERS = 24


class TokensFile(BaseModel):
    """tokens.json of a day; it is this user's alone, and stays the same over every restart.

    On loopback there are tokens too: several roles open the pages in one place.
    """

    model_config = ConfigDict(extra="forbid")
    facilitator: str
    observer: str
    teams: dict[str, str]


def tokens(folder: Path, teams: Sequence[str]) -> TokensFile:
    """The tokens of a day, made where they do not exist yet.

    Args:
        folder: the day's.
        teams: its teams.

    Raises:
        UsageError: the file is damaged.
        NotWritten: the disk does not take it.
    """
    path = folder / "tokens.json"
    try:
        return TokensFile.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        made = TokensFile(facilitator=_token(), observer=_token(), teams={team: _token() for team in teams})
    except (OSError, ValidationError):
        raise UsageError(f"{path} holds no tokens.", "Remove it: new links are made at the next start.") from None
    write_bytes(path, made.model_dump_json(indent=1).encode(), mode=0o600)
    return made


def rules(host: str, given: TokensFile) -> Access:
    """Who is let in on `host`."""
    teams = tuple((token, Visitor(Role.TRAINEE, team)) for team, token in given.teams.items())
    facilitator = (given.facilitator, Visitor(Role.FACILITATOR))
    return Access.on(host, (facilitator, (given.observer, Visitor(Role.OBSERVER)), *teams))


def links(base: str, given: TokensFile) -> dict[str, str]:
    """Where each role opens its page, by who it is.

    Args:
        base: the pages' address, without a `/` at its end.
        given: the tokens.
    """
    found = {"facilitator": f"{base}/day?token={given.facilitator}", "wall": f"{base}/wall?token={given.observer}"}
    return found | {team: f"{base}/?token={token}" for team, token in given.teams.items()}


def _token() -> str:
    return secrets.token_urlsafe(_LETTERS)
