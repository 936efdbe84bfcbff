"""A browser as far as a filing needs one: cookies, an address of its own, forms and files."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

TIMEOUT_SECONDS = 90
TOKEN = re.compile(r'name="csrf_token"[^>]*?value="([^"]+)"')
SUBMISSION = re.compile(r'name="submission_id"[^>]*?value="([^"]+)"')

# What a browser shows as "the connection was reset": whoever reads it tries again.
BROKEN = (OSError, HTTPException)


@dataclass(frozen=True)
class Answer:
    """A reply as far as it arrived; what its head said counts, even where its body broke off."""

    status: int
    location: str
    text: str
    is_whole: bool

    def hidden(self, pattern: re.Pattern[str]) -> str:
        """Return a hidden field of the page; empty where it has none."""
        found = pattern.search(self.text)
        return unescape(found[1]) if found else ""


class Visitor:
    """Somebody with a browser; each request takes a connection of its own, as behind a proxy."""

    def __init__(self, port: int, address: str) -> None:
        self.port = port
        self.address = address
        self.cookies: dict[str, str] = {}
        self.requests = 0

    def get(self, path: str) -> Answer:
        """Read a page; one of BROKEN where no reply came."""
        return self._ask("GET", path, None, {})

    def post(
        self,
        path: str,
        form: Mapping[str, Any],
        *,
        file: tuple[str, bytes] | None = None,
        forgets: bool = False,
    ) -> Answer:
        """Send a form, perhaps with a file; `forgets` is a reply that never arrives."""
        if file is None:
            body, kind = urlencode(form, doseq=True).encode(), "application/x-www-form-urlencoded"
        else:
            body, kind = _multipart(form, *file)
        return self._ask("POST", path, body, {"Content-Type": kind}, forgets=forgets)

    def _ask(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str], *, forgets: bool = False
    ) -> Answer:
        self.requests += 1
        connection = HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_SECONDS)
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"X-Forwarded-For": self.address, "Connection": "close", **headers}
        try:
            connection.request(method, path, body, {**headers, "Cookie": jar} if jar else headers)
            response = connection.getresponse()
            if not forgets:
                self._take_cookies(response)
            text, is_whole = _read(response)
            return Answer(response.status, response.headers.get("Location", ""), text, is_whole)
        finally:
            connection.close()

    def _take_cookies(self, response: HTTPResponse) -> None:
        for line in response.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                if morsel.value:
                    self.cookies[name] = morsel.value
                else:
                    self.cookies.pop(name, None)


def _read(response: HTTPResponse) -> tuple[str, bool]:
    """Return the body as far as it came, and whether it came whole."""
    parts = []
    try:
        while part := response.read1(65536):
            parts.append(part)
        is_whole = not response.length
    except BROKEN:
        is_whole = False
    return b"".join(parts).decode(errors="replace"), is_whole


def _multipart(form: Mapping[str, Any], name: str, data: bytes) -> tuple[bytes, str]:
    edge = secrets.token_hex(16)
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
        for field, value in form.items()
    ]
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    parts.append(head.encode() + b"Content-Type: image/jpeg\r\n\r\n" + data + b"\r\n")
    return b"".join([*parts, f"--{edge}--\r\n".encode()]), f"multipart/form-data; boundary={edge}"
