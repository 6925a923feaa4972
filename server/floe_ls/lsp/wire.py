"""Messages as bytes: `Content-Length`, an empty line, and JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

LARGEST = 1 << 28
"""Bytes that a message may have."""
LONGEST_HEADER = 1 << 16


class Wire:
    """One connection. `receive` gets the body of each message that comes, `write` the bytes of each that goes."""

    def __init__(
        self, receive: Callable[[bytes], object], write: Callable[[bytes], object]
    ) -> None:
        self.receive = receive
        self.write = write
        self._buffer = bytearray()
        self._expected = -1
        """Bytes of the body that is coming; -1 while its header is."""

    def feed(self, data: bytes) -> None:
        """Takes bytes as they come, and hands over each message that they complete."""
        buffer = self._buffer
        if not buffer and self._expected < 0 and (body := _whole(data)) is not None:
            self.receive(body)
            return
        buffer += data
        while True:
            if self._expected < 0:
                end = buffer.find(b"\r\n\r\n")
                if end < 0:
                    if len(buffer) > LONGEST_HEADER:
                        del buffer[:-3]
                    return
                self._expected = _length(bytes(buffer[:end]))
                del buffer[: end + 4]
                continue
            if len(buffer) < self._expected:
                return
            body = bytes(buffer[: self._expected])
            del buffer[: self._expected]
            self._expected = -1
            self.receive(body)

    def send(self, body: str) -> None:
        """Sends a message that is JSON already, in ASCII."""
        self.write(f"Content-Length: {len(body)}\r\n\r\n{body}".encode("ascii"))


_START, _END = b"Content-Length: ", b"\r\n\r\n"


def _whole(data: bytes) -> bytes | None:
    """The body of what is one message, neither more nor less, as nearly every key is."""
    end = data.find(_END)
    digits = data[len(_START) : end]
    if end < 0 or not data.startswith(_START) or not digits.isdigit():
        return None
    start = end + len(_END)
    return data[start:] if len(data) - start == int(digits) else None


def _length(header: bytes) -> int:
    """What a header says of its body; -1 where it says nothing, so that the next header is looked for."""
    _, name, rest = header.lower().rpartition(b"content-length:")
    value = rest.partition(b"\r\n")[0].strip()
    length = int(value) if name and value.isdigit() else -1
    return length if length <= LARGEST else -1


class Json(str):
    """JSON that is written already, in ASCII."""

    __slots__ = ()


_encode = json.JSONEncoder(separators=(",", ":")).encode


def compact(value: Any) -> str:
    """JSON on one line, in ASCII."""
    return value if isinstance(value, Json) else _encode(value)
