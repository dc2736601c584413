"""What is a secret by its shape alone, wherever it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST_KEY = 16 * 1024
"""Bytes of a private key in PEM, and more than any other shape may have; one of 16384 bits has 12.5 KiB."""

Span = tuple[int, int]

_PEM = rb"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
_PEM_END = rb"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
PEM_BEGINS = re.compile(_PEM)
PEM_ENDS = re.compile(_PEM_END)

_WHOLE = (
    (b"PRIVATE KEY", re.compile(
        _PEM + rb"(?:[\s\S]{0,%d}?" % LONGEST_KEY + _PEM_END + rb"|(?:(?:\s|\\[nr])*[A-Za-z0-9+/=]{10,}){0,400})"
    )),
    # PEM in base64, as in a Secret or a kubeconfig; a certificate is public
    (b"LS0tLS1CRUdJTi", re.compile(rb"LS0tLS1CRUdJTi(?!BDRVJUSUZJQ0FURS)[A-Za-z0-9+/]{16,%d}={0,2}" % LONGEST_KEY)),
    (b"eyJ", re.compile(rb"eyJ[A-Za-z0-9_-]{5,4096}\.[A-Za-z0-9_-]{5,8192}\.[A-Za-z0-9_-]{0,2048}")),
    (b"AKIA", re.compile(rb"\bAKIA[A-Z0-9]{16}\b")),
    (b"ASIA", re.compile(rb"\bASIA[A-Z0-9]{16}\b")),
)  # fmt: skip
"""A literal that every match contains, and what is redacted as a whole."""

# From here on patterns are asked of text in lower case: several times as fast as asking without regard to case.
_REFERENCE = rb"(?!\[redacted\]|\$|<|\{\{|%\(|\*)"
"""`$VAR`, `$(command)`, `<your password>`, `{{ .token }}` and `***` name a secret and are none."""
_VALUE = _REFERENCE + rb"""((?:[^\s"'`&;|\\]|\\(?!["'\\])){1,4096})"""
_QUOTE = rb"""(?P<quote>\\*["'])"""
_QUOTED = _QUOTE + _REFERENCE + rb"((?:(?!(?P=quote))[^\n]){1,4096}?)(?P=quote)"
_TRIVIAL = re.compile(rb"(?:true|false|null|none|nil|yes|no|on|off|[0-9]{0,5})[,.)}\]]*")
_PLAIN_NAME = re.compile(rb"[A-Za-z]?[a-z./-]*[,.)}\]]*")

_NAME = re.compile(
    rb"password|passwd|passphrase|secret|token|api[_-]?key|private[_-]?key|(?:secret[_-]?)?access[_-]?key"
    rb"|secret[_-]?key|client-key-data|credentials?"
)
_NAME_ENDS = re.compile("(?:" + _NAME.pattern.decode() + ")$")
_FLAG_BEGINS = re.compile(rb"--[a-z-]{0,32}$")

# after a name, in this order: "name": "value" (also in JSON text, \"name\": \"value\"), name=value, name: value
_QUOTED_VALUE = re.compile(rb"""(?:\\*["'])?[ \t]*[=:][ \t]*""" + _QUOTED)
_EQUALS_VALUE = re.compile(rb"[ \t]*=(?!=)[ \t]*" + _VALUE)
_COLON_VALUE = re.compile(rb"""["']?[ \t]*:[ \t]*""" + _VALUE)
_FLAG_VALUE = re.compile(rb"[ \t]+" + _VALUE)
_SQL_VALUE = re.compile(rb"[ \t]+" + _QUOTED)

_OTHER = (
    (b"://", re.compile(rb"""://[^\s/@:"'<>]{0,256}:""" + _REFERENCE + rb"""([^\s/"'<>]{1,1024})@""")),
    (b"authorization", re.compile(rb"""authorization["']?[ \t]*[:=][ \t]*["']?(?:[a-z]+[ \t]+)?+""" + _VALUE)),
    (b"bearer", re.compile(rb"""\bbearer[ \t]+(?=[^\s"']*[0-9])""" + _VALUE)),
    (b" -u", re.compile(rb"""[ \t]-u[ \t]*["']?[^\s:"']{1,64}:""" + _VALUE)),  # curl
    (b"redis-cli", re.compile(rb"""redis-cli\b[^\n]{0,200}?[ \t]-a[ \t]*["']?""" + _VALUE)),
    (b"requirepass", re.compile(rb"""requirepass["' \t]+""" + _VALUE)),
    (b"masterauth", re.compile(rb"""masterauth["' \t]+""" + _VALUE)),
    (b"identified", re.compile(rb"identified[ \t]+by[ \t]+" + _QUOTED)),  # SQL
)  # fmt: skip


def names_a_secret(name: str) -> bool:
    """Whether a variable, field or flag of this name holds a secret: `PGPASSWORD`, `api_key`, `x-token`."""
    return _NAME_ENDS.search(name.lower()) is not None


def is_reference(value: str) -> bool:
    """Whether a value only names a secret, `$TOKEN`, or says nothing, `false`."""
    data = value.lower().encode(errors="replace")
    return re.match(_REFERENCE, data) is None or _TRIVIAL.fullmatch(data) is not None


def find(data: bytes) -> Iterator[Span]:
    """Where secrets stand by their shape: begin and end of each, in no order; they may overlap."""
    for literal, pattern in _WHOLE:
        if literal in data:
            yield from (match.span() for match in pattern.finditer(data))
    yield from _values(data)


def values(text: str) -> list[str]:
    """The values that a text assigns to secrets: of variables, flags, headers and in addresses."""
    data = text.encode(errors="replace")
    return [data[begin:end].decode(errors="replace") for begin, end in _values(data)]


def _values(data: bytes) -> Iterator[Span]:
    low = data.lower()
    for literal, pattern in _OTHER:
        if literal in low:
            yield from (_span(match) for match in pattern.finditer(low) if not _says_nothing(match))
    for name in _NAME.finditer(low):
        found = _after(data, low, name)
        if found is not None and not _says_nothing(found):
            yield _span(found)


def _after(data: bytes, low: bytes, name: re.Match[bytes]) -> re.Match[bytes] | None:
    """The value that stands behind a name, if there is one. A plain word behind a colon is the name of an object more
    often than a secret (`secret: shop-tls`), so it is not taken for one."""
    end = name.end()
    found = _QUOTED_VALUE.match(low, end) or _EQUALS_VALUE.match(low, end)
    if found is None and _FLAG_BEGINS.search(low, max(0, name.start() - 34), name.start()):
        found = _FLAG_VALUE.match(low, end)
    elif found is None and name[0] == b"password":
        found = _SQL_VALUE.match(low, end)
    if found is not None:
        return found
    found = _COLON_VALUE.match(low, end)
    return None if found is None or _PLAIN_NAME.fullmatch(data, *_span(found)) else found


def _span(match: re.Match[bytes]) -> Span:
    """Of the value, the last group of every pattern."""
    return match.span(match.re.groups)


def _says_nothing(match: re.Match[bytes]) -> bool:
    return _TRIVIAL.fullmatch(match[match.re.groups]) is not None
