"""Far sides of bad manners, and TLS."""

import datetime
import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from center.api.server import Listening
from kiosk.backend.client import Client, register
from kiosk.backend.deadline import Timing
from kiosk.backend.identity import load
from kiosk.backend.port import NoAnswer, NotAllowed
from tests.center.api.stand import KEYS, TERMINAL, running, vend_request
from vending.messages import NotSold

ORDER_NO = vend_request().order_no
QUICK = Timing(connect_s=0.5, answer_s=0.8, report_s=0.8)
SLACK_S = 1.0

Manners = Callable[[socket.socket, threading.Event], None]


@contextmanager
def far_side(manners: Manners) -> Iterator[str]:
    """A server that treats each caller as told."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def serve() -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return  # the test is over
            with line:
                line.settimeout(5)
                try:
                    line.recv(65536)
                    manners(line, over)
                except OSError:
                    pass  # the client has hung up, as it should

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        over.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def drip_head(line: socket.socket, over: threading.Event) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\n")
    while not over.wait(0.05):
        line.sendall(b"X-A: b\r\n")


def drip_body(line: socket.socket, over: threading.Event) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while not over.wait(0.05):
        line.sendall(b" ")


def flood(line: socket.socket, over: threading.Event) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while not over.is_set():
        line.sendall(b" " * 65536)


def saying(text: bytes) -> Manners:
    def say(line: socket.socket, over: threading.Event) -> None:
        line.sendall(text)

    return say


def answer(status: bytes, body: bytes) -> Manners:
    length = str(len(body)).encode()
    return saying(b"HTTP/1.1 " + status + b"\r\nContent-Length: " + length + b"\r\n\r\n" + body)


@pytest.mark.parametrize(
    "manners",
    [
        drip_head,
        drip_body,
        flood,
        saying(b""),
        saying(b"hello\r\n\r\n"),
        saying(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"),
        answer(b"200 OK", b"<html>"),
        answer(b"200 OK", b'{"type":"refused"}'),
        answer(b"204 No Content", b""),
        answer(b"302 Found", b""),
        answer(b"401 Unauthorized", b""),
        answer(b"403 Forbidden", b'{"code":"from the future"}'),
        answer(b"500 Internal Server Error", b""),
        answer(b"503 Service Unavailable", b""),
    ],
)
def test_nonsense_is_no_answer_in_time(manners: Manners) -> None:
    with far_side(manners) as url:
        client = Client(url, KEYS[TERMINAL], timing=QUICK)
        begun_s = time.monotonic()
        with pytest.raises(NoAnswer):
            client.inquire(ORDER_NO)
        assert time.monotonic() - begun_s < QUICK.answer_s + SLACK_S
        client.close()


def test_a_name_that_nobody_knows_is_no_answer_in_time() -> None:
    client = Client("http://head-office.invalid:1", KEYS[TERMINAL], timing=QUICK)
    begun_s = time.monotonic()
    with pytest.raises(NoAnswer):
        client.sign_in("1")
    assert time.monotonic() - begun_s < QUICK.answer_s + SLACK_S
    client.close()


class Certificates:
    """An authority made for this test, and the head office's certificate by it."""

    def __init__(self, directory: Path) -> None:
        self.ca_file = directory / "ca.pem"
        self.certificate_file = directory / "center.pem"
        self.key_file = directory / "center.key"
        ca_key = ec.generate_private_key(ec.SECP256R1())
        ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
        ca = certificate(ca_name, ca_name, ca_key.public_key(), ca_key, is_ca=True)
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Head office")])
        made = certificate(name, ca_name, key.public_key(), ca_key, is_ca=False)
        pem = serialization.Encoding.PEM
        self.ca_file.write_bytes(ca.public_bytes(pem))
        self.certificate_file.write_bytes(made.public_bytes(pem))
        self.key_file.write_bytes(
            key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        )

    def listening(self) -> Listening:
        return Listening(
            address="127.0.0.1",
            port=0,
            certificate_file=self.certificate_file,
            key_file=self.key_file,
        )


def certificate(
    name: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    is_ca: bool,
) -> x509.Certificate:
    now = datetime.datetime.now(datetime.UTC)
    day = datetime.timedelta(days=1)
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_ca,
        crl_sign=is_ca,
        encipher_only=False,
        decipher_only=False,
    )
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(authority, critical=False)
        .add_extension(usage, critical=True)
        .sign(issuer_key, hashes.SHA256())
    )


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return Certificates(tmp_path)


def test_a_purchase_terminal_registers_and_asks_over_tls(
    tmp_path: Path, certificates: Certificates
) -> None:
    key_file = tmp_path / "terminal.key"
    with running(tmp_path, listening=certificates.listening()) as stand:
        assert stand.url.startswith("https://")
        code = stand.center.registry.add(TERMINAL)
        ca_file = certificates.ca_file
        register(stand.url, TERMINAL, code, key_file=key_file, ca_file=ca_file)
        client = Client(stand.url, load(key_file), ca_file=ca_file)
        assert client.inquire(ORDER_NO) == NotSold(ORDER_NO)
        client.close()


def test_a_wrong_code_is_not_allowed(tmp_path: Path) -> None:
    with running(tmp_path) as stand:
        stand.center.registry.add(TERMINAL)
        with pytest.raises(NotAllowed, match="code-refused"):
            register(stand.url, TERMINAL, "0000-0000", key_file=tmp_path / "terminal.key")


def test_a_certificate_by_somebody_else_is_not_trusted(
    tmp_path: Path, certificates: Certificates
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    stranger = Certificates(elsewhere)
    with running(tmp_path, listening=certificates.listening()) as stand:
        stand.center.registry.add(TERMINAL)
        for ca_file in (stranger.ca_file, None):
            client = Client(stand.url, KEYS[TERMINAL], ca_file=ca_file)
            with pytest.raises(NoAnswer, match="not trusted"):
                client.sign_in("1")
            client.close()
