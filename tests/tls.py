"""An authority of tests' own, and a TLS front that stands before a plain server."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from roost.simulator.clock import SystemClock

_PEM, _PLAIN = serialization.Encoding.PEM, serialization.NoEncryption()
_PIECE_BYTES = 65_536
_BEGINS, _ENDS = timedelta(days=-1), timedelta(days=1)


@dataclass(frozen=True)
class Authority:
    """Signs certificates; only who is given `path` trusts it."""

    path: Path
    _key: ec.EllipticCurvePrivateKey
    _certificate: x509.Certificate

    def server_context(
        self, *names: str, begins: timedelta = _BEGINS, ends: timedelta = _ENDS
    ) -> ssl.SSLContext:
        """Make a certificate for names or addresses, for a server to show.

        Args:
            *names: Whom it is for.
            begins: From when it is valid, seen from now.
            ends: Until when.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _dated(
            _name(names[0]), self._certificate.subject, key.public_key(), (begins, ends)
        )
        alternatives = x509.SubjectAlternativeName(list(map(_alternative, names)))
        signed = builder.add_extension(alternatives, critical=False).sign(
            self._key, hashes.SHA256()
        )
        path = self.path.with_name(f"{names[0]}.pem")
        private = key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, _PLAIN)
        path.write_bytes(private + signed.public_bytes(_PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


def authority(folder: Path) -> Authority:
    """Make an authority whose certificate is `ca.pem` in a folder."""
    key, name = ec.generate_private_key(ec.SECP256R1()), _name("Tests of Roost")
    builder = _dated(name, name, key.public_key())
    usage = x509.KeyUsage(*([False] * 5), True, True, *([False] * 2))
    signed = (
        builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "ca.pem"
    path.write_bytes(signed.public_bytes(_PEM))
    return Authority(path, key, signed)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _dated(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    span: tuple[timedelta, timedelta] = (_BEGINS, _ENDS),
) -> x509.CertificateBuilder:
    now = SystemClock().now()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + span[0])
        .not_valid_after(now + span[1])
    )


@asynccontextmanager
async def front(context: ssl.SSLContext, *, before: int) -> AsyncGenerator[int]:
    """Take TLS on a port, and pass requests on to a plain server on this machine.

    Says of each request that it came by TLS, as fronts do; knows bodies of a stated length only.

    Args:
        context: With the certificate to show.
        before: The plain server's port; need not be there yet.
    """
    talks: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talks.add(task)
        try:
            await _pass_on(reader, writer, before)
        finally:
            talks.discard(task)
            writer.transport.abort()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
    try:
        answers, target = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        writer.write(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        await writer.drain()
        return
    with contextlib.suppress(ConnectionError):
        async with asyncio.TaskGroup() as tasks:
            asking = tasks.create_task(_requests(reader, target))
            while piece := await answers.read(_PIECE_BYTES):
                writer.write(piece)
                await writer.drain()
            asking.cancel()
    target.transport.abort()


async def _requests(reader: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            target.write(head[:-2] + b"x-forwarded-proto: https\r\n\r\n")
            fields = (line.lower().partition(b":") for line in head.split(b"\r\n"))
            length = next((int(text) for name, _, text in fields if name == b"content-length"), 0)
            target.write(await reader.readexactly(length))
            await target.drain()
    target.transport.abort()
