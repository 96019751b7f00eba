"""Feedback cards of the v1.1 API, for apps and accounts that X has listed."""

from __future__ import annotations

from roost.xapi import wire_feedback
from roost.xapi.routes.route import DAY, QUARTER_HOUR, Encoding, Route, Window

_SOURCE = "https://github.com/twitterdev/preview-docs_feedback-api (archived)"
_ERRORS = (32, 64, 87, 88, 89, 93, 135, 215)

ROUTES = (
    Route(
        name="feedback.create",
        method="POST",
        path="/1.1/feedback/create.json",
        source=_SOURCE,
        encoding=Encoding.FORM,
        response=wire_feedback.Feedback,
        windows=(Window(1_000, DAY),),
        errors=(*_ERRORS, 150, 349),
    ),
    Route(
        name="feedback.show",
        method="GET",
        path="/1.1/feedback/show/{id}.json",
        source=_SOURCE,
        response=wire_feedback.Feedback,
        windows=(Window(180, QUARTER_HOUR),),
        errors=(*_ERRORS, 34),
    ),
    Route(
        name="feedback.events",
        method="GET",
        path="/1.1/feedback/events.json",
        source=_SOURCE,
        response=wire_feedback.FeedbackEvents,
        windows=(Window(1_000, QUARTER_HOUR),),
        errors=_ERRORS,
    ),
)
