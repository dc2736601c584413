"""What stands before every page of a game day: the right host, a known visitor, nothing posted from elsewhere."""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from drills.server.access import Access, Role, split

LARGEST_BODY = 64 * 1024
"""Bytes of a request; the longest note is a tenth of it."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing inline, nothing from elsewhere: text that slipped through as markup could still do nothing."""

_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_SAFE = frozenset({"GET", "HEAD"})
_PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">{head}'
    '<title>Firedrill</title><link rel="stylesheet" href="/static/base.css"><main class="alone"><h1>{title}</h1>'
    "<p>{text}</p></main></html>"
)


class Guard:
    """Middleware: refuses what `Access` refuses, and hands on who asks as `request.state.visitor`.

    400: the Host header names another server. 401: no known token (static files need none). 403: an observer posts, or
    the request was not sent by a page of this server. 413: the body is too long.

    `?token=…` is taken once: it becomes a cookie, and the browser goes on to the same page without it.
    """

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or hand on one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        answer = self._answer(scope)
        await (answer or self._app)(scope, receive, with_headers)

    def _answer(self, scope: Scope) -> Response | None:
        """The refusal, or the page that takes a token; None: the request is handed on."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._access.serves(host):
            return PlainTextResponse("This is another server than the one you asked for.", 400)
        if scope["method"] in _SAFE and str(scope["path"]).startswith("/static/"):
            return None
        cookie = f"firedrill-{split(host)[1] or 'page'}"
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if given and self._access.tokens and self._access.visitor(given) and scope["method"] in _SAFE:
            return _taken(str(scope["path"]), cookie, given)
        visitor = self._access.visitor(given or cookie_parser(headers.get("cookie", "")).get(cookie, ""))
        if visitor is None:
            return HTMLResponse(
                _PAGE.format(
                    head="",
                    title="This page needs a token",
                    text="Open the whole link that you were given; it ends with <code>?token=…</code>.",
                ),
                401,
            )
        scope.setdefault("state", {})["visitor"] = visitor
        if scope["method"] in _SAFE:
            return None
        if not self._access.from_itself(host, headers.get("origin"), headers.get("sec-fetch-site")):
            return PlainTextResponse("Only this server's own pages may send that.", 403)
        if visitor.role is Role.OBSERVER:
            return PlainTextResponse("Observers watch; they cannot change anything.", 403)
        length = headers.get("content-length", "")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            return PlainTextResponse("That is too long.", 413)
        return None


def _taken(path: str, cookie: str, token: str) -> Response:
    """Keep the token in a cookie and go on without it.

    Not a redirect: after a click in a chat a browser would follow it without the new SameSite=Strict cookie. A page of
    this server that goes on by itself is asked with it.
    """
    here = "/" + "".join(c for c in path if c.isalnum() or c in "/-._").lstrip("/")
    page = _PAGE.format(
        head=f'<meta http-equiv="refresh" content="0;url={here}">',
        title="You are in",
        text=f'<a href="{here}">Go on</a>',
    )
    answer = HTMLResponse(page)
    answer.set_cookie(cookie, token, httponly=True, samesite="strict", path="/")
    return answer
