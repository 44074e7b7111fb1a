"""Review server: serves one reviewer's desk to a browser of this machine, and to nobody else.

It listens on the loopback only and answers only requests that name it so (no other page's
name can be pointed at it). A one-time link opens the desk; from then on a key lives in the
page alone. Nothing is to be kept in the browser: no cookie, no storage, no cache, and no
request elsewhere. No request is logged, since a log must not know who was looked at.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar, cast
from urllib.parse import parse_qs, urlsplit

from attainment_linkage.adapters import review_page
from attainment_linkage.adapters.faults import safe_name
from attainment_linkage.adapters.review_files import DecisionsFile
from attainment_linkage.adapters.review_page import Ending, Rendered
from attainment_linkage.core.review.desk import Desk
from attainment_linkage.core.review.sample import Sample
from attainment_linkage.domain.errors import LinkageError, ReviewBusyError

LOOPBACK = "127.0.0.1"
_LARGEST_BODY = 4096
_POLL_SECONDS = 0.05
_USED = "This link has been used, or is not the latest one. In the terminal that serves the review, press Enter for a new link."  # noqa: E501


class Served:
    """One reviewer's desk while it is served: the file behind it and the secrets of the page."""

    def __init__(
        self,
        desk: Desk,
        sample: Sample,
        file: DecisionsFile,
        ending: Callable[[], Ending],
        said: Callable[[str], list[tuple[str, str]]],
    ) -> None:
        """A desk with what is shown at its end, and what was said of a pair before."""
        self.desk, self.sample, self._file = desk, sample, file
        self._ending, self._said = ending, said
        self._token = self._key = ""
        self._lock = threading.Lock()

    def new_token(self) -> str:
        """A new one-time token; an earlier one that was not used is void."""
        with self._lock:
            self._token = secrets.token_urlsafe(32)
            return self._token

    def start(self, token: str) -> Rendered | None:
        """The page of the one-time link; None where the token is not the one."""
        with self._lock:
            return review_page.start(self.desk, token) if _is(token, self._token) else None

    def begin(self, token: str) -> Rendered | None:
        """Use the token up; from now on the page's key counts, and no earlier one does."""
        with self._lock:
            if not _is(token, self._token):
                return None
            self._token, self._key = "", secrets.token_urlsafe(32)
            return self._page(has_keys=True)

    def decide(self, key: str, turn: str, decision: str, *, has_keys: bool) -> Rendered | None:
        """Keep a decision, then show the next pair; None where the key is not the one."""
        with self._lock:
            if not _is(key, self._key):
                return None
            row = self.desk.row(int(turn) if turn.isdecimal() else -1, decision)
            if row is not None:
                self._file.add([row])
                self.desk.take(row)
            return self._page(has_keys=has_keys)

    def _page(self, *, has_keys: bool) -> Rendered:
        current = self.desk.current
        if current is None:
            return review_page.end(self.desk, self._key, self._ending(), has_keys=has_keys)
        said = self._said(current)
        return review_page.pair(self.desk, self.sample, self._key, said, has_keys=has_keys)


def _is(given: str, wanted: str) -> bool:
    return bool(wanted) and hmac.compare_digest(given.encode(), wanted.encode())


class ReviewServer(ThreadingHTTPServer):
    """The server of one desk, on the loopback."""

    daemon_threads = True

    def __init__(self, served: Served, port: int, on_fault: Callable[[str], None]) -> None:
        """Listen; port 0 is any that is free. ``on_fault`` hears the class of a fault."""
        self.served, self._on_fault = served, on_fault
        super().__init__((LOOPBACK, port), _Handler)

    @property
    def host(self) -> str:
        """The name that requests must give."""
        return f"{LOOPBACK}:{self.server_address[1]}"

    def new_link(self) -> str:
        """A link that opens the desk once."""
        return f"http://{self.host}/?token={self.served.new_token()}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A request that broke off: nothing of it is shown."""
        self._on_fault("a request was broken off")

    def fault(self, error: BaseException) -> None:
        """Say that a request failed, by the class of its fault."""
        self._on_fault(safe_name(error))


@contextmanager
def serving(served: Served, port: int, on_fault: Callable[[str], None]) -> Iterator[ReviewServer]:
    """Serve in a thread until the block ends.

    Raises: ReviewBusyError where the port cannot be had.
    """
    try:
        server = ReviewServer(served, port, on_fault)
    except OSError as refused:
        raise ReviewBusyError(
            f"review: the port {port} of {LOOPBACK} cannot be had: {refused.strerror}. Leave "
            "out --port for any that is free."
        ) from None
    thread = threading.Thread(target=server.serve_forever, args=(_POLL_SECONDS,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    """One request. Pages come from :class:`Served`; all else is refused without detail."""

    server_version = "review"
    sys_version = ""
    timeout = 30
    always: ClassVar[dict[str, str]] = {
        "Cache-Control": "no-store",
        "Pragma": "no-cache",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-DNS-Prefetch-Control": "off",
    }

    @property
    def _review(self) -> ReviewServer:
        return cast("ReviewServer", self.server)

    def do_GET(self) -> None:
        """The page behind a one-time link."""
        asked = urlsplit(self.path)
        if not self._is_addressed() or asked.path != "/":
            return self._refuse(HTTPStatus.NOT_FOUND, "There is nothing here.")
        token = parse_qs(asked.query).get("token", [""])[0]
        return self._answer(self._review.served.start(token))

    def do_POST(self) -> None:
        """Begin, or decide."""
        served, form = self._review.served, self._form()
        if not self._is_addressed() or form is None or self.path not in ("/begin", "/decide"):
            return self._refuse(HTTPStatus.NOT_FOUND, "There is nothing here.")
        try:
            if self.path == "/begin":
                return self._answer(served.begin(form.get("token", "")))
            key, turn, decision = (form.get(name, "") for name in ("key", "turn", "decision"))
            return self._answer(
                served.decide(key, turn, decision, has_keys=form.get("shortcuts") == "on")
            )
        except LinkageError as error:
            return self._refuse(HTTPStatus.INSUFFICIENT_STORAGE, f"{error.code}: {error}")
        except Exception as error:  # noqa: BLE001  the boundary: its text may quote a name
            self._review.fault(error)
            return self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR, "The request failed.")

    def _is_addressed(self) -> bool:
        """Whether the request names this server, and comes from no other site's page."""
        is_ours = self.headers.get("Host") == self._review.host
        origin = self.headers.get("Origin")
        return is_ours and origin in (None, f"http://{self._review.host}")

    def _form(self) -> dict[str, str] | None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > _LARGEST_BODY:
            return None
        body = self.rfile.read(int(length)).decode("ascii", "replace")
        return {name: values[0] for name, values in parse_qs(body).items()}

    def _answer(self, page: Rendered | None) -> None:
        if page is None:
            return self._refuse(HTTPStatus.FORBIDDEN, _USED)
        return self._send(HTTPStatus.OK, page)

    def _refuse(self, status: HTTPStatus, reason: str) -> None:
        self._send(status, review_page.refused(status.phrase, reason))

    def _send(self, status: HTTPStatus, page: Rendered) -> None:
        content = page.text.encode("utf-8")
        allowed = f"'nonce-{page.nonce}'"
        policy = (
            f"default-src 'none'; style-src {allowed}; script-src {allowed}; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
        self.send_response(status)
        for name, value in self.always.items():
            self.send_header(name, value)
        self.send_header("Content-Security-Policy", policy)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the standard library refuses, with the same headers as all else."""
        self._refuse(HTTPStatus(code), "The request was not understood.")

    def log_message(self, format: str, *values: object) -> None:
        """Log nothing."""
