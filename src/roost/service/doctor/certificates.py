"""What was wrong with a certificate, where TLS is why somebody could not be reached."""

from __future__ import annotations

import ssl


def trouble(error: BaseException) -> str:
    """Say why TLS failed, in OpenSSL's words; `""` where it is not why.

    Args:
        error: What ended the request, with what it came from.
    """
    cause: BaseException | None = error
    while cause is not None:
        why = getattr(cause, "verify_message", "") or getattr(cause, "reason", "")
        if isinstance(cause, ssl.SSLError) and isinstance(why, str) and why:
            return why
        cause = cause.__cause__ or cause.__context__
    return ""
