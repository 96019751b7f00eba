"""X says no: an error of its table, on its way to becoming an answer."""

from __future__ import annotations

from collections.abc import Mapping

from roost.errors import RoostError
from roost.simulator.calls import Answer, json_answer
from roost.xapi.errors_table import ERROR_CODES


class Refusal(RoostError):
    """X refuses a call. Raised by a response, turned into an answer by the API.

    Attributes:
        answer: What the client gets.
        code: X's code; 0 where the body has none.
        reason: What was really wrong, for the log of requests; X tells its clients less.
    """

    def __init__(self, answer: Answer, *, code: int = 0, reason: str) -> None:
        super().__init__(reason)
        self.answer = answer
        self.code = code
        self.reason = reason


def refusal(
    code: int,
    *,
    message: str | None = None,
    status: int | None = None,
    reason: str = "",
    label: str = "",
    headers: Mapping[str, str] | None = None,
) -> Refusal:
    """Make a refusal from X's table of errors.

    Args:
        code: X's code.
        message: X's text; the table's where left out.
        status: HTTP status; the table's where left out.
        reason: For the log; the message where left out.
        label: Some old endpoints send one more field of this name.
        headers: Sent along.
    """
    row = ERROR_CODES[code]
    text = row.message if message is None else message
    item: dict[str, object] = {"code": code, "message": text}
    if label:
        item["label"] = label
    answer = json_answer({"errors": [item]}, status=status or row.status, headers=headers)
    return Refusal(answer, code=code, reason=reason or text)
