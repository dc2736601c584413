"""One block may be excused, by name and with a reason."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from firedrill import excuse

pytestmark = pytest.mark.unit

REASON = "the fix comes within a second of it"


def test_a_block_and_a_reason() -> None:
    assert excuse(block="mitigate.0", reason=REASON).model_dump() == {"block": "mitigate.0", "reason": REASON}


@pytest.mark.parametrize(("block", "reason"), [("verify.0", REASON), ("fix", REASON), ("fix.0", "because")])
def test_what_is_no_excuse(block: str, reason: str) -> None:
    with pytest.raises(ValidationError):
        excuse(block=block, reason=reason)
