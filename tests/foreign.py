"""What client libraries that know nothing of this project need: X's own hosts, over TLS.

One front on this machine is every host of X. In front of the simulator it can tamper with what
clients signed, so that it is seen that they are refused then.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from roost.simulator import serving
from roost.simulator.clock import SystemClock
from roost.simulator.records import RequestRow

HOOK_HOST = "bot.example.test"
HOSTS = ("api.twitter.com", "api.x.com", "upload.twitter.com", "upload.x.com", HOOK_HOST)
PROVEN = ("oauth1 ok", "bearer ok")
UNPROVEN = {32, 89, 99}
REPORT = pytest.StashKey[list[str]]()
"""Lines about foreign clients, printed when all tests are done."""

_IN_QUERY = re.compile(rb"(?<=oauth_signature=)[^&]")
_SECRETS = re.compile(rb'(?<=oauth_signature=")[^"]|(?<=Bearer )\w|(?<=Basic )\w')


@dataclass(frozen=True)
class Authority:
    """A certificate authority of a test's own, and a certificate by it for every host."""

    ca: Path
    server: Path

    def context(self) -> ssl.SSLContext:
        """Give what a server needs."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.server)
        return context


def authority_in(folder: Path) -> Authority:
    """Make an authority, its files in a folder."""
    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca_name, name = _name("Test CA"), _name(HOSTS[0])
    ca = _with_extensions(
        _certificate(ca_name, ca_name, ca_key),
        (x509.BasicConstraints(ca=True, path_length=0), True),
        (_usage(), True),
        (x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()), False),
    )
    server = _with_extensions(
        _certificate(name, ca_name, key),
        (x509.SubjectAlternativeName([x509.DNSName(host) for host in HOSTS]), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), False),
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    made = Authority(folder / "ca.pem", folder / "server.pem")
    made.ca.write_bytes(ca.sign(ca_key, hashes.SHA256()).public_bytes(pem))
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    made.server.write_bytes(private + server.sign(ca_key, hashes.SHA256()).public_bytes(pem))
    return made


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def _with_extensions(
    builder: x509.CertificateBuilder, *extensions: tuple[x509.ExtensionType, bool]
) -> x509.CertificateBuilder:
    for extension, is_critical in extensions:
        builder = builder.add_extension(extension, critical=is_critical)
    return builder


def _usage() -> x509.KeyUsage:
    wanted = {"key_cert_sign": True, "crl_sign": True, "digital_signature": True}
    every = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    rest = dict.fromkeys((*every, "encipher_only", "decipher_only"), False)
    return x509.KeyUsage(**wanted, **rest)


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = SystemClock().now()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
    )


@dataclass
class Front:
    """X's hosts on this machine.

    Attributes:
        is_tampering: Whether one letter of each signature or token is changed on the way.
    """

    asgi: object
    port: int = 0
    is_tampering: bool = False

    async def __call__(self, scope, receive, send) -> None:
        if self.is_tampering:
            headers = [(name, _tampered(name, value)) for name, value in scope["headers"]]
            query = _IN_QUERY.sub(_other_letter, scope["query_string"])
            scope = {**scope, "headers": headers, "query_string": query}
        await self.asgi(scope, receive, send)


def _tampered(name: bytes, value: bytes) -> bytes:
    if name != b"authorization":
        return value
    return _SECRETS.sub(_other_letter, value)


def _other_letter(letter: re.Match[bytes]) -> bytes:
    return b"B" if letter[0] == b"A" else b"A"


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def front_of(asgi: object, authority: Authority) -> AsyncGenerator[Front]:
    """Serve an application as every host of X."""
    front = Front(asgi)
    with serving.bind("127.0.0.1", 0) as listener:
        front.port = listener.getsockname()[1]
        config = uvicorn.Config(
            front,
            http="httptools",
            lifespan="off",
            access_log=False,
            log_level="critical",  # clients keep their connections, which is no fault of theirs
            proxy_headers=False,
            ssl_certfile=authority.server,
            timeout_graceful_shutdown=1,
            headers=[("connection", "close")],  # a connection kept would outlive the loop
        )
        server = _Server(config)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(server.serve(sockets=[listener]))
            try:
                yield front
            finally:
                server.should_exit = True


@asynccontextmanager
async def tls_to(port: int, authority: Authority) -> AsyncGenerator[int]:
    """Take TLS on a port of its own, and pass what is in it on to another."""

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_pump(reader, back))
            tasks.create_task(_pump(there, writer))

    server = await asyncio.start_server(carry, "127.0.0.1", 0, ssl=authority.context())
    async with server:
        yield server.sockets[0].getsockname()[1]


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        while part := await source.read(65_536):
            sink.write(part)
            await sink.drain()
    except ConnectionError:
        pass  # the other side has left in the middle, and the one below hears of it
    finally:
        sink.close()


@dataclass(frozen=True)
class Counts:
    """What a client's run came to.

    Attributes:
        steps: Things it was made to do, and did.
        accepted: Calls whose signature or token the simulator found right.
        refused: Calls tampered with on the way, that the simulator refused for that.
    """

    steps: int
    accepted: int
    refused: int


@dataclass
class Tally:
    """Counts what the simulator was asked."""

    rows: Sequence[RequestRow] = field(default=())

    @property
    def accepted(self) -> int:
        """Calls that were proven and carried out."""
        return sum(row.auth.startswith(PROVEN) or row.auth == "none needed" for row in self._done())

    @property
    def refused(self) -> int:
        """Calls refused because the proof was wrong."""
        return sum(row.error_code in UNPROVEN for row in self.rows)

    def _done(self) -> Iterator[RequestRow]:
        return (row for row in self.rows if row.status < 400)


def report(request: pytest.FixtureRequest, name: str, found: Counts, recorded: Counts) -> None:
    """Print what a client came to, and hold it to what is recorded."""
    line = (
        f"{name}: {found.steps} steps, {found.accepted} signatures accepted, "
        f"{found.refused} tampered ones refused"
    )
    request.config.stash.setdefault(REPORT, []).append(line)
    assert found == recorded, f"{line}; recorded are {recorded}"


def environment_of(who: object, front: Front, authority: Authority) -> Mapping[str, str]:
    """Give what a program in another language finds X and its keys by."""
    return {
        "FRONT_PORT": str(front.port),
        "NODE_EXTRA_CA_CERTS": str(authority.ca),
        "WHO": str(who),
    }
