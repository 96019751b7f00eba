"""Why somebody could not be reached, where it is TLS or the name."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator


def tls_trouble(error: BaseException) -> str:
    """Say why TLS failed, in OpenSSL's words; `""` where it is not why.

    Args:
        error: What ended the request, with what it came from.
    """
    for cause in _causes(error):
        why = getattr(cause, "verify_message", "") or getattr(cause, "reason", "")
        if isinstance(cause, ssl.SSLError) and isinstance(why, str) and why:
            return why
    return ""


def is_name_unknown(error: BaseException) -> bool:
    """Tell whether it was that the host's name could not be looked up.

    Args:
        error: What ended the request, with what it came from.
    """
    return any(isinstance(cause, socket.gaierror) for cause in _causes(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__
