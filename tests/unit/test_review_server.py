"""Review server: who may see the page, what every answer says, and what no log says."""

import http.client
import re
import socket
import threading
from urllib.parse import urlencode, urlsplit

import pytest

from attainment_linkage.adapters import review_files
from attainment_linkage.adapters.review_page import Ending
from attainment_linkage.adapters.review_server import Served, serving
from attainment_linkage.core.review.desk import Desk
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import DiskFullError, ReviewBusyError
from tests.review_batch import CANARY, lake_with_batch

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Page:
    """A client that speaks plain HTTP to the served desk."""

    def __init__(self, server):
        self.host = server.host
        self.link = server.new_link()
        self.key = ""

    def ask(self, method, path, form=None, **headers):
        connection = http.client.HTTPConnection(self.host, timeout=10)
        body = urlencode(form) if form is not None else None
        connection.request(method, path, body, {**(FORM if form else {}), **headers})
        answer = connection.getresponse()
        self.text, self.headers = answer.read().decode(), answer.headers
        connection.close()
        return answer.status

    @property
    def token(self):
        return self.link.rpartition("=")[2]

    def begin(self):
        status = self.ask("POST", "/begin", {"token": self.token})
        self.key = re.search(r'name="key" value="([^"]+)"', self.text).group(1)
        return status

    def decide(self, turn, decision, key=None):
        form = {"key": key or self.key, "turn": turn, "decision": decision}
        return self.ask("POST", "/decide", form)


@pytest.fixture
def faults():
    return []


@pytest.fixture
def served(config, faults):
    sample = lake_with_batch(config)
    root = config.lake.root(tables.IDENTIFIERS)
    with review_files.opened(root, sample, "A") as file:
        desk = Desk(sample.batch, "A", tuple(sample.by_name), file.decided)
        shown = Served(desk, sample, file, Ending, lambda pair: [])
        with serving(shown, 0, faults.append) as server:
            yield shown, server


@pytest.fixture
def page(served):
    return Page(served[1])


def test_the_link_opens_once_and_a_new_one_voids_what_was_open(page, served):
    target = urlsplit(page.link)
    assert page.ask("GET", f"{target.path}?{target.query}") == 200  # looking uses nothing up
    assert page.begin() == 200
    assert "do these two records belong to one person?" in page.text
    first = page.key

    assert page.ask("POST", "/begin", {"token": page.token}) == 403
    assert page.ask("GET", f"{target.path}?{target.query}") == 403
    page.link = served[1].new_link()
    assert page.begin() == 200
    assert page.decide(0, "match", key=first) == 403
    assert page.decide(0, "match") == 200


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/", {}),
        ("GET", "/sample.json", {}),
        ("POST", "/elsewhere", {}),
        ("PUT", "/", {}),
        ("GET", "/?token=wrong", {}),
        ("POST", "/decide", {}),
        ("POST", "/begin", {"Host": "evil.example"}),
        ("POST", "/begin", {"Origin": "http://evil.example"}),
        ("POST", "/begin", {"Content-Length": "99999"}),
    ],
)
def test_anything_else_is_refused_with_the_same_headers_and_no_pair(page, method, path, headers):
    form = {"token": page.token} if method == "POST" else None

    assert page.ask(method, path, form, **headers) in {403, 404, 501}
    assert page.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert CANARY not in page.text
    assert "SMITH" not in page.text
    assert page.begin() == 200  # and the link is still good


def test_a_page_may_be_kept_nowhere_and_ask_nothing_elsewhere(page):
    page.begin()
    policy = page.headers["Content-Security-Policy"]
    nonce = re.search(r"script-src 'nonce-([^']+)'", policy).group(1)

    assert re.sub(r"'nonce-[^']+'", "N", policy) == (
        "default-src 'none'; style-src N; script-src N; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    assert page.text.count(f'nonce="{nonce}"') == 2
    assert not re.findall(r"(?:src|href|url|style)=|url\(|https?://|\son\w+=", page.text)
    assert not re.findall(r"Storage|cookie|indexedDB|caches|fetch|WebSocket", page.text)
    assert "Set-Cookie" not in page.headers
    assert page.headers["Server"].strip() == "review"
    expected = {
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
    assert {name: page.headers[name] for name in expected} == expected


def test_decisions_move_on_undo_goes_back_and_a_decision_sent_twice_counts_once(page, served):
    desk = served[0].desk
    page.begin()
    page.decide(0, "match")
    page.decide(0, "match")
    assert desk.done == 1

    page.decide(1, "not")
    page.decide(2, "undo")
    page.decide(3, "perhaps")
    page.decide("x", "match")
    assert list(desk.decided.of.values()) == ["match"]

    for turn in range(3, 8):
        page.decide(turn, "unsure")
    assert "All pairs are decided" in page.text


def test_a_decision_that_is_not_on_the_disk_is_not_shown_as_made(page, served, monkeypatch):
    def refuse(self, rows):
        raise DiskFullError("review: decisions-A.csv: no space is left on the device.")

    page.begin()
    monkeypatch.setattr(review_files.DecisionsFile, "add", refuse)

    assert page.decide(0, "match") == 507
    assert "DISK_FULL" in page.text
    assert served[0].desk.done == 0


def test_nothing_is_logged_and_a_fault_is_named_by_its_class(
    page, served, faults, capfd, monkeypatch
):
    page.begin()
    page.decide(0, "match")
    page.ask("GET", f"/{CANARY}")
    monkeypatch.setattr(served[0].desk, "row", lambda turn, decision: {}[CANARY])
    assert page.decide(1, "match") == 500
    with socket.create_connection(page.host.split(":")) as cut:
        cut.sendall(b"POST /decide HTTP/1.0\r\nContent-Length: 50\r\n\r\n")

    assert CANARY not in page.text
    assert set(faults) - {"a request was broken off"} == {"KeyError"}
    assert capfd.readouterr() == ("", "")


def test_it_listens_on_the_loopback_only(served):
    _, server = served

    assert server.socket.getsockname()[0] == "127.0.0.1"
    assert server.host.startswith("127.0.0.1:")


def test_a_taken_port_is_said(served):
    _, server = served
    port = server.server_address[1]

    with pytest.raises(ReviewBusyError, match=f"port {port}"), serving(served[0], port, print):
        pass


def test_two_at_once_take_one_turn(page, served):
    page.begin()
    before = served[0].desk.turn
    clients = [Page.__new__(Page) for _ in range(8)]
    for client in clients:
        client.host, client.key = page.host, page.key
    threads = [threading.Thread(target=client.decide, args=(before, "match")) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (served[0].desk.turn, served[0].desk.done) == (before + 1, 1)
