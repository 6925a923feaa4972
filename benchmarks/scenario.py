"""What an editor's user does, with one server in a process of its own, and how long it takes."""

from __future__ import annotations

import json
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import processes
from client import MS, Client, Server, ServerEndedError, Text, TimeoutElapsedError, now
from documents import Change, Sample

Samples = dict[str, list[float]]
"""Measured values by what was measured: milliseconds, or megabytes."""


@dataclass(frozen=True)
class Effort:
    """How often each thing is done."""

    starts: int = 4
    opens: int = 3
    keys: int = 20
    breaks: int = 4
    bursts: int = 1
    requests: int = 6
    idle: float = 10
    """Seconds."""
    gap: float = 0.06
    """Seconds between an answer and the next key, so that late work is counted with the key that caused it."""


@dataclass
class Result:
    samples: Samples = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    """What the server did not do; its figures are then worth nothing."""

    def add(self, name: str, value: float) -> None:
        self.samples.setdefault(name, []).append(value)


BURST = 50
"""Keys in a burst, 10 ms apart."""


def starts(server: Server, sample: Sample, effort: Effort) -> Result:
    """From starting the process to its first answer, its first findings and its first hover."""
    result = Result()
    for number in range(
        -1, effort.starts
    ):  # the first fills the system's caches, and is not counted
        with _guard(result, "start"), _session(server, sample) as run:
            client = run.client
            before = (0.0, client.started_queued, 0.0)
            initialized = client.net(client.initialize(), before)
            run.file.open()
            run.findings(run.file.version, least=len(sample.planted) if server.real else 0)
            found = client.net((now() - client.started) / MS, before)
            number_, asked = client.request("textDocument/hover", run.at(sample.hover))
            at, _ = client.wait(number_)
            client.look_around()
            if number >= 0:
                result.add("start.initialize", initialized)
                result.add("start.findings", found)
                result.add("start.hover", (at - asked) / MS + found)
                result.add("start.cpu", client.cpu())
    return result


def session(server: Server, sample: Sample, effort: Effort, idle: bool) -> Result:
    """Opening, typing, asking."""
    result = Result()
    with _guard(result, "session"), _session(server, sample) as run:
        run.client.initialize()
        run.client.rest(0.5)  # registrations, configuration
        run.client.look_around()
        run.effort, run.result = effort, result
        for part in (run.opens, run.keys, run.breaks, run.bursts, run.completions, run.hovers):
            with _guard(result, part.__name__):
                part()
        run.client.rest(1)
        run.client.look_around()
        steady, peak = processes.memory(run.client.pids)
        result.add("memory.steady", steady)
        result.add("memory.peak", peak)
        if "\n".join(run.file.lines) != sample.text:
            result.faults.append("the text was not restored")
        if idle:
            before = run.client.cpu()
            run.client.rest(effort.idle)
            result.add("idle.cpu", (run.client.cpu() - before) * 10 / effort.idle)
    return result


class _Run:
    """One server with one open file."""

    def __init__(self, client: Client, sample: Sample) -> None:
        self.client = client
        self.sample = sample
        self.file = Text(client, sample.name, sample.text)
        self.effort = Effort()
        self.result = Result()

    def at(self, place: tuple[int, int]) -> dict[str, Any]:
        return {**self.file.id, "position": {"line": place[0], "character": place[1]}}

    # --- findings

    def findings(
        self, version: int, since: int = 0, least: int = 0, known: int = 0
    ) -> tuple[int, list[dict[str, Any]]]:
        """When the findings of a version came, and what they are: those of at least so many lines."""
        if self.client.pulls:
            return self._pulled(least)
        number = known
        while True:
            if not self.client.pump(lambda n=number: len(self.file.published) > n, 60):  # type: ignore[misc]
                raise TimeoutElapsedError("no findings in 60 s")
            found = self.file.published[number]
            number += 1
            fits = found.version is None or found.version >= version
            if found.at >= since and fits and len(found.items) >= least:
                return found.at, found.items

    def _pulled(self, least: int) -> tuple[int, list[dict[str, Any]]]:
        end = now() + 60_000 * MS
        while now() < end:
            asked = self.client.refreshes
            number, _ = self.client.request("textDocument/diagnostic", self.file.id)
            at, message = self.client.wait(number)
            items = (message.get("result") or {}).get("items") or []
            if "result" in message and len(items) >= least:
                return at, items
            self.client.pump(lambda asked=asked: self.client.refreshes > asked, 0.1)  # type: ignore[misc]
        raise TimeoutElapsedError("no findings in 60 s")

    def change(self, change: Change, name: str = "") -> tuple[Change, list[dict[str, Any]]]:
        """One edit and its findings."""
        client = self.client
        known, cpu, queued = len(self.file.published), client.cpu(), client.queued()
        at, undo = self.file.edit(change)
        came, items = self.findings(self.file.version, at, known=known)
        net = client.net((came - at) / MS, queued)
        client.rest(self.effort.gap)
        if name:
            self.result.add(f"{name}.wall", net)
            self.result.add(f"{name}.cpu", client.cpu() - cpu)
        return undo, items

    # --- what is measured

    def opens(self) -> None:
        for number in range(1 + self.effort.opens):
            if number:
                self.file.close()
                self.client.settle(0.3)
            known, queued = len(self.file.published), self.client.queued()
            at = self.file.open()
            least = len(self.sample.planted) if self.client.server.real else 0
            came, items = self.findings(self.file.version, at, least, known)
            net = self.client.net((came - at) / MS, queued)
            self.result.add("open.warm" if number else "open.cold", net)
            self.client.settle(0.3)
            lines = {item["range"]["start"]["line"] for item in items}
            if least and not set(self.sample.planted) <= lines:
                self.result.faults.append(f"findings on {len(lines)} lines, not {least}")

    def keys(self) -> None:
        """Characters that make a value longer: each must show on its line."""
        line, column = self.sample.value
        missed = 0
        for number in range(self.effort.keys):
            letter = "abcdefghijklmnopqrstuvwxyz"[number % 26]
            _, items = self.change(Change.typed((line, column + number), letter), "key")
            missed += line not in {item["range"]["start"]["line"] for item in items}
        self.change(Change(line, column, line, column + self.effort.keys, ""))
        if missed and self.client.server.real:
            self.result.faults.append(f"{missed} keys without a finding on their line")

    def breaks(self) -> None:
        """A colon goes, so that the text is broken, and comes again."""
        line, column = self.sample.colon
        for _ in range(self.effort.breaks):
            undo, _ = self.change(Change(line, column, line, column + 1, ""), "break")
            self.change(undo, "mend")

    def bursts(self) -> None:
        """Keys faster than anybody types; the time from the last one to the findings of the last version."""
        client, (line, column) = self.client, self.sample.value
        slowest = statistics.median(self.result.samples.get("key.wall", [0]))
        for _ in range(self.effort.bursts):
            known, cpu, start = len(self.file.published), client.cpu(), now()
            for number in range(BURST):
                client.rest(max(0.0, (start + number * 10 * MS - now()) / 1e9))
                at, _ = self.file.edit(Change.typed((line, column + number), "x"))
            queued = client.queued()
            came, _ = self.findings(self.file.version, at, known=known)
            if not client.pulls and self.file.published[-1].version is None:
                client.settle(max(1.0, 3 * slowest / 1000))  # the last before silence
                came = self.file.published[-1].at
                self.result.add("burst.wall", (came - at) / MS)
            else:
                self.result.add("burst.wall", client.net((came - at) / MS, queued))
            self.result.add("burst.cpu", client.cpu() - cpu)
            self.change(Change(line, column, line, column + BURST, ""))
            client.settle(0.3)

    def completions(self) -> None:
        for name, typing in self.sample.complete.items():
            line, column = typing.place
            undo, _ = self.change(typing.setup)
            for _ in range(self.effort.requests):
                answer, back = self._ask_after(
                    Change.typed(typing.place, typing.letter),
                    "textDocument/completion",
                    {**self.at((line, column + 1)), "context": {"triggerKind": 1}},
                    f"completion.{name}",
                )
                items = answer.get("items") if isinstance(answer, dict) else answer
                if not items and self.client.server.real:
                    self.result.faults.append(f"nothing to complete the {name} with")
                self.change(back)
            self.change(undo)

    def hovers(self) -> None:
        for _ in range(self.effort.requests):
            typed = Change.typed(self.sample.value, "x")
            answer, back = self._ask_after(
                typed, "textDocument/hover", self.at(self.sample.hover), "hover"
            )
            if not answer and self.client.server.real:
                self.result.faults.append("no hover")
            self.change(back)

    def _ask_after(
        self, change: Change, method: str, params: dict[str, Any], name: str
    ) -> tuple[Any, Change]:
        """A key with a request right behind it; the time is from the key to the answer."""
        client = self.client
        known, queued = len(self.file.published), client.queued()
        at, undo = self.file.edit(change)
        number, _ = client.request(method, params)
        answered, message = client.wait(number)
        self.result.add(name, client.net((answered - at) / MS, queued))
        self.findings(self.file.version, at, known=known)
        client.rest(self.effort.gap)
        return message.get("result"), undo


@contextmanager
def _session(server: Server, sample: Sample) -> Iterator[_Run]:
    """A server started in a folder that holds the file."""
    root = Path(tempfile.mkdtemp(prefix="floe-bench-"))
    try:
        if server.language != "yaml":
            sample = replace(sample, name=f"{Path(sample.name).stem}.{server.language}")
        for name, text in {**sample.beside, sample.name: sample.text}.items():
            (root / name).write_text(text)
        client = Client(server, root)
        try:
            yield _Run(client, sample)
        finally:
            client.stop()
    finally:
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def _guard(result: Result, what: str) -> Iterator[None]:
    try:
        yield
    except (TimeoutElapsedError, ServerEndedError, json.JSONDecodeError) as error:
        result.faults.append(f"{what}: {error}")
