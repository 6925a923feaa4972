"""What a process and all below it use: CPU, memory, and time spent waiting for a core. Linux only."""

from __future__ import annotations

import time
from pathlib import Path

PROC = Path("/proc")
MILLION = 1_000_000


def tree(pid: int) -> list[int]:
    """A process and all that it started, directly or not."""
    children: dict[int, list[int]] = {}
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            fields = _stat(int(folder.name))
            if fields:
                children.setdefault(int(fields[1]), []).append(int(folder.name))
    out, todo = [], [pid]
    while todo:
        process = todo.pop()
        out.append(process)
        todo += children.get(process, [])
    return out


def cpu(pids: list[int]) -> float:
    """Milliseconds of CPU, user and system, ended threads included: exact, from the kernel's clock of each process."""
    total = 0
    for pid in pids:
        try:
            total += time.clock_gettime_ns((~pid << 3) | 2)  # CPUCLOCK_SCHED
        except OSError:
            continue
    return total / MILLION


def queued(pid: int, main_thread_only: bool) -> float:
    """Milliseconds in which threads stood ready but waited for a core: what the other load of the machine cost."""
    total = 0
    try:
        tasks = PROC / f"{pid}/task"
        threads = [tasks / str(pid)] if main_thread_only else list(tasks.iterdir())
        for thread in threads:
            total += int((thread / "schedstat").read_bytes().split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return total / MILLION


def memory(pids: list[int]) -> tuple[float, float]:
    """Resident megabytes: now, and at most so far."""
    now = most = 0
    for pid in pids:
        try:
            status = (PROC / f"{pid}/status").read_text()
        except OSError:
            continue
        for line in status.splitlines():
            if line.startswith("VmRSS:"):
                now += int(line.split()[1])
            elif line.startswith("VmHWM:"):
                most += int(line.split()[1])
    return now / 1024, most / 1024


def is_node(pid: int) -> bool:
    """Whether it runs on Node, whose helper threads may wait while its main thread works."""
    try:
        return (PROC / f"{pid}/exe").readlink().name.startswith("node")
    except OSError:
        return False


def processor() -> str:
    """The name of this machine's processor."""
    for line in (PROC / "cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return "unknown"


def _stat(pid: int) -> list[bytes]:
    try:
        text = (PROC / f"{pid}/stat").read_bytes()
    except OSError:
        return []
    return text[text.rindex(b")") + 2 :].split()
