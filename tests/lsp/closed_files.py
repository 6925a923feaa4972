"""A client that keeps the findings of a workspace as `workspace/diagnostic` tells them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from wire import Wire

PULLS = {
    "textDocument": {"diagnostic": {"relatedInformation": True}},
    "workspace": {"diagnostics": {"refreshSupport": True}},
}
Place = tuple[str, int, str]
"""File below the folder, line from 0, code."""


class Asking:
    """`items` are the findings by URI, `ids` what is told with the next request."""

    def __init__(self, wire: Wire, folder: str, streams: bool = True) -> None:
        self.wire = wire
        self.folder = folder + "/"
        self.streams = streams
        self.items: dict[str, list[dict[str, Any]]] = {}
        self.ids: dict[str, str] = {}
        self.reports: list[dict[str, Any]] = []
        """All that was told, in order."""
        self.chunks = 0
        self._numbers = itertools.count(1)
        self._number = ""

    @property
    def is_held(self) -> bool:
        return bool(self._number)

    def ask(self) -> str:
        """Asks, and does not wait."""
        self._number = f"ask-{next(self._numbers)}"
        previous = [{"uri": uri, "value": value} for uri, value in self.ids.items()]
        params: dict[str, Any] = {"previousResultIds": previous}
        if self.streams:
            params["partialResultToken"] = self._number
        self.wire.send({"id": self._number, "method": "workspace/diagnostic", "params": params})
        return self._number

    def read(self) -> dict[str, Any]:
        """Takes in one message."""
        message = self.wire.read()
        params = message.get("params")
        if message.get("method") == "$/progress" and params["token"] == self._number:
            self.chunks += 1
            self._take(params["value"]["items"])
        elif self._number and message.get("id") == self._number and "method" not in message:
            self._number = ""
            if "result" in message:
                self._take(message["result"]["items"])
        return message

    def answer(self) -> dict[str, Any]:
        """The message that answers."""
        while self._number:
            message = self.read()
        return message

    def whole(self) -> set[Place]:
        """What is known after one whole answer."""
        self.ask()
        self.answer()
        return self.found

    def until(self, wanted: Callable[[set[Place]], bool]) -> set[Place]:
        """What is known as soon as it is as wanted; asks again and again."""
        while not wanted(self.found):
            if not self._number:
                self.ask()
            self.read()
        return self.found

    @property
    def found(self) -> set[Place]:
        """Hints left out."""
        return {
            (uri.removeprefix(self.folder), each["range"]["start"]["line"], each["code"])
            for uri, items in self.items.items()
            for each in items
            if each["severity"] < 4
        }

    def _take(self, reports: list[dict[str, Any]]) -> None:
        self.reports += reports
        for report in reports:
            uri = report["uri"]
            if report["kind"] == "full":
                self.items[uri] = report["items"]
            else:
                assert uri in self.items
                assert report["resultId"] == self.ids[uri]
            self.ids.pop(uri, None)
            if "resultId" in report:
                self.ids[uri] = report["resultId"]
