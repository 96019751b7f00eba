"""What a page tells of whoever sits before it."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

Page = Annotated[str, Meta(pattern="^[0-9a-f]{8,32}$")]
Doing = Literal["viewing", "typing", "gone"]


class Presence(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody is there.

    Attributes:
        page: Names the page for as long as it is open, 8 to 32 hexadecimal digits; somebody may
            have several.
        doing: `viewing` and `typing` hold for a while; `gone` ends both at once.
    """

    page: Page
    doing: Doing
