"""What every row of a world is made from."""

from __future__ import annotations

from typing import Annotated

import msgspec

XId = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,19}$")]
"""An id of X: 1 to 19 decimal digits, as a string."""

OptionalXId = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{0,19}$")]
"""An id of X, or `""` for none."""


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row of the world. Values are replaced, never changed."""
