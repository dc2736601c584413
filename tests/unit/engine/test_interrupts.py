"""Signals: the first stops the run, the undo is not disturbed, and the handlers are given back."""

from __future__ import annotations

import os
import signal

import pytest

from experiments.play.interrupts import Interrupts

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_stops_and_the_second_is_only_noted(number: signal.Signals) -> None:
    interrupts = Interrupts()
    interrupts.install()
    try:
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), number)
        os.kill(os.getpid(), number)
        assert interrupts.received
    finally:
        interrupts.restore()


def test_a_signal_during_the_undo_is_noted_and_does_not_stop_it() -> None:
    interrupts = Interrupts()
    interrupts.install()
    try:
        interrupts.shield()
        os.kill(os.getpid(), signal.SIGTERM)
        assert interrupts.received
    finally:
        interrupts.restore()


def test_a_run_started_in_the_background_that_ignores_sigint_can_be_stopped_by_it() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        interrupts = Interrupts()
        interrupts.install()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
        interrupts.restore()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_signals_taken_over_twice_are_given_back_by_the_last_restore() -> None:
    before = signal.getsignal(signal.SIGTERM)
    interrupts = Interrupts()
    interrupts.install()
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)  # whoever plays the run takes it over
        interrupts.install()
        interrupts.shield()
        interrupts.restore()
        os.kill(os.getpid(), signal.SIGTERM)  # the run is over and its report is written
        assert interrupts.received
    finally:
        interrupts.restore()
    assert signal.getsignal(signal.SIGTERM) is before
