"""What a run's life has beyond others where it is a drill; nothing happens in any other run."""

from __future__ import annotations

from experiments.drill.card import make_card
from experiments.drill.publisher import Publisher
from experiments.drill.shown import shown
from experiments.play.session import Session
from experiments.record.drill import FOLDER


def open_room(session: Session) -> None:
    """Write the card, and say that the lab deploys."""
    room = session.drill
    if room is None:
        return
    text = (session.played.source / "drill.md").read_text(encoding="utf-8")
    session.folder.write(f"{FOLDER}/card.json", make_card(session.file, room.options, text))
    room.desk.say("deploying")


def show(session: Session) -> None:
    """Begin to show the cluster; monitoring answers by now."""
    if session.drill is not None:
        session.drill.desk.say("baseline")
        session.drill.publisher = Publisher(
            folder=session.folder,
            desk=session.drill.desk,
            handle=session.handle,
            namespaces=session.file.scenario.namespaces,
            prometheus=session.sources.prometheus,
            pager=session.pager,
            shown=shown(session.file.scenario),
            since=session.marks.began,
        )
        session.drill.publisher.start()


def end(session: Session) -> None:
    """The undo begins: nothing more is shown, and a trainee who was not told why the drill is over is told now."""
    room = session.drill
    if room is None:
        return
    if room.publisher is not None:
        room.publisher.stop()
    room.end(
        "interrupted" if session.interrupted else f"the lab failed: {session.failed}" if session.failed else "over"
    )


def leave(session: Session) -> None:
    """Say that everything is cleaned up."""
    if session.drill is not None:
        session.drill.desk.say("closed")
