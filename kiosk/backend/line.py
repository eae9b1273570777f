"""HTTPS exchanges with the head office, none of which outlasts its deadline.

Loads requests, so it is imported by the network thread and not before the first screen.
"""

import http.client
import io
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import requests
import urllib3
from msgspec import Struct
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from kiosk.backend.deadline import Deadline
from vending.wire import JSON_TYPE

MOST_AT_ONCE = 4
"""Exchanges under way, with those whose caller has given up: a name look-up cannot be stopped."""
LARGEST_ANSWER = 256 * 1024

_log = logging.getLogger(__name__)
logging.getLogger("urllib3").setLevel(logging.WARNING)  # below that it writes paths and addresses


class Reply(Struct, frozen=True, kw_only=True):
    """What came back. ``retry_after_s`` is None where the head office asks for no pause."""

    status: int
    body: bytes
    retry_after_s: float | None = None


class NoReply(Exception):
    """No (usable) reply: whether the request arrived is not known."""


class Broken(NoReply):
    """There was no connection, or it broke: trying again at once makes sense."""


class Line:
    """The way to one head office. Safe from several threads."""

    def __init__(self, url: str, *, ca_file: Path | None, connect_s: float) -> None:
        self._url = url.rstrip("/")
        self._verify: str | bool = True if ca_file is None else str(ca_file)
        self._connect_s = connect_s
        self._workers = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="head-office")
        self._own = threading.local()

    def exchange(
        self, method: str, path: str, headers: dict[str, str], body: bytes, deadline: Deadline
    ) -> Reply:
        """Send one request and return its reply.

        Raises Broken when there is no connection and NoReply when none came in time or it made no
        sense. The work happens on a worker thread, so that not even a look-up of the name, which
        has a deadline of its own, holds the caller up.
        """
        try:
            job = self._workers.submit(self._send, method, path, headers, body, deadline)
        except RuntimeError:
            raise NoReply("the line is closed") from None
        try:
            return job.result(deadline.left_s())
        except TimeoutError:
            job.cancel()
            raise NoReply("no answer in time") from None

    def close(self) -> None:
        """Take no more requests."""
        self._workers.shutdown(wait=False, cancel_futures=True)

    def _send(
        self, method: str, path: str, headers: dict[str, str], body: bytes, deadline: Deadline
    ) -> Reply:
        _under_way.deadline = deadline
        timeout = (deadline.wait_s(self._connect_s), deadline.wait_s())
        try:
            answer = self._session().request(
                method,
                self._url + path,
                data=body or None,
                headers=headers,
                timeout=timeout,
                verify=self._verify,
                allow_redirects=False,
                stream=True,
            )
            with answer:
                return _reply(answer)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise _judge(error) from None

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._own, "session", None)
        if session is None:
            session = requests.Session()
            session.trust_env = False  # no proxy, no password and no CA but the configured ones
            session.headers["Accept-Encoding"] = "identity"
            session.headers["Content-Type"] = JSON_TYPE
            for scheme in ("http://", "https://"):
                session.mount(scheme, _PatientAdapter(pool_maxsize=1))
            self._own.session = session
        return session


def _reply(answer: requests.Response) -> Reply:
    body = answer.raw.read(LARGEST_ANSWER + 1)
    if len(body) > LARGEST_ANSWER:
        raise NoReply("the answer is too large")
    pause = answer.headers.get("Retry-After", "")
    return Reply(
        status=answer.status_code,
        body=body,
        retry_after_s=float(pause) if pause.isascii() and pause.isdigit() else None,
    )


def _judge(error: Exception) -> NoReply:
    """Say whether trying again at once makes sense. The text names no address and no content."""
    cause = type(error).__name__
    _log.info("no reply from the head office: %s", cause)
    if isinstance(error, requests.exceptions.SSLError):
        return NoReply("the head office's certificate is not trusted, or TLS failed")
    late = (requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError)
    if isinstance(error, late) and not isinstance(error, requests.ConnectTimeout):
        return NoReply("no answer in time")
    broken = (requests.ConnectionError, urllib3.exceptions.ProtocolError, OSError)
    return Broken(cause) if isinstance(error, broken) else NoReply(cause)


# -- a deadline for whole replies: requests alone has one for each piece only --


class _UnderWay(threading.local):
    """The deadline of the exchange that this thread is making."""

    deadline: Deadline = Deadline(0.0)


_under_way = _UnderWay()


class _PatientReader(io.RawIOBase):
    """A socket's bytes, for as long as the deadline allows, however slowly they drip."""

    def __init__(self, sock: Any, raw: io.RawIOBase) -> None:
        self._socket = sock
        self._raw = raw

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left_s = _under_way.deadline.left_s()
        if not left_s:
            raise TimeoutError
        patience_s = self._socket.gettimeout()
        self._socket.settimeout(left_s if patience_s is None else min(patience_s, left_s))
        return cast("int | None", self._raw.readinto(buffer))

    def close(self) -> None:
        self._raw.close()
        super().close()


class _PatientResponse(http.client.HTTPResponse):
    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        raw = self.fp.detach()
        self.fp = io.BufferedReader(_PatientReader(sock, raw))


class _PatientHttp(HTTPConnection):
    response_class = _PatientResponse


class _PatientHttps(HTTPSConnection):
    response_class = _PatientResponse


class _PatientHttpPool(HTTPConnectionPool):
    ConnectionCls = _PatientHttp


class _PatientHttpsPool(HTTPSConnectionPool):
    ConnectionCls = _PatientHttps


class _PatientAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {
            "http": _PatientHttpPool,
            "https": _PatientHttpsPool,
        }
