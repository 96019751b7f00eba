"""The way out to webhooks: the shared transport, with a world's own names and authorities."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager

from roost.errors import SettingsError
from roost.xapi.transport import AiohttpTransport, aiohttp_transport


def open_transport(
    names: Callable[[], Mapping[str, str]], *, ca_file: str | None
) -> AbstractAsyncContextManager[AiohttpTransport]:
    """Open the transport that deliveries go through.

    Args:
        names: Gives `rules.resolve` as it is when asked.
        ca_file: One more certificate authority to trust, a PEM file.

    Raises:
        SettingsError: The file cannot be read.
    """
    return aiohttp_transport(names=names, authorities=None if ca_file is None else _trust(ca_file))


def _trust(ca_file: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    try:
        context.load_verify_locations(ca_file)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(
            "rules.webhook_ca_file", str(error), "Name a PEM file of certificates."
        ) from error
    return context
