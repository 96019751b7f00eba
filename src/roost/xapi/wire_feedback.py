"""Feedback cards as the v1.1 API writes them.

Scores and texts arrive by themselves and never change; the newest `updated_at` counts.

Source: https://github.com/twitterdev/preview-docs_feedback-api (archived).
"""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

Moment = str | int
"""A time, in a form that the documents leave open."""


class Score(msgspec.Struct, frozen=True):
    """1 to 5 for `csat`, 0 to 10 for `nps`."""

    value: int
    created_at: Moment | UnsetType = UNSET


class Comment(msgspec.Struct, frozen=True):
    """What a person wrote."""

    value: str
    created_at: Moment | UnsetType = UNSET


class Answer(msgspec.Struct, frozen=True):
    """What a person answered; either may come without the other."""

    score: Score | UnsetType = UNSET
    text: Comment | UnsetType = UNSET


class Feedback(msgspec.Struct, frozen=True):
    """A card, and what was answered to it."""

    id: str
    type: str
    to_user_id: str
    from_user_id: str | UnsetType = UNSET
    dm_id: str | UnsetType = UNSET
    created_at: Moment | UnsetType = UNSET
    updated_at: Moment | UnsetType = UNSET
    test: bool | UnsetType = UNSET
    privacy_url: str | UnsetType = UNSET
    external_id: str | UnsetType = UNSET
    question_variant_id: int | UnsetType = UNSET
    display_name: str | UnsetType = UNSET
    response: Answer | UnsetType = UNSET


class FeedbackEvent(msgspec.Struct, frozen=True):
    """A card was sent (`feedback.created`) or answered (`feedback.updated`)."""

    event_type: str
    feedback: Feedback
    created_at: Moment | UnsetType = UNSET


class FeedbackEvents(msgspec.Struct, frozen=True):
    """A page of events; an empty `next_cursor` ends the list."""

    events: list[FeedbackEvent]
    next_cursor: str = ""
