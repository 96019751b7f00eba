"""Going back in a dialog: its journal is cut, and what waited behind the cut waits no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from roost.bot.occasions import TIMER_PREFIX
from roost.model.dialogs import Dialog, DialogPhase
from roost.model.timers import CancelTimer

_WAITING = frozenset({"receive", "sleep"})


def rewound(dialog: Dialog, n_kept: int) -> Dialog:
    """Give a dialog as it was when it had passed so many points."""
    return replace(
        dialog,
        points=dialog.points[:n_kept],
        phase=DialogPhase.RUNNING,
        taking="",
        is_rewound=True,
    )


def forgotten(dialog: Dialog, n_kept: int) -> Sequence[CancelTimer]:
    """Cancel the timers of waits that are cut off, lest one wakes what comes in their place."""
    return [
        CancelTimer(f"{TIMER_PREFIX}{dialog.dialog_id}:{n}")
        for n, point in enumerate(dialog.points)
        if n >= n_kept and point.kind in _WAITING
    ]
