"""A real Neovim, driven over its RPC as a person would use it, with the configuration we ship."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from tools import REPOSITORY, needs

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # pynvim asks asyncio for what newer Pythons deprecate
    import pynvim

Answer = TypeVar("Answer")

INIT = """
{first}
published = {{}}
vim.api.nvim_create_autocmd('DiagnosticChanged', {{
  callback = function(event) published[vim.fs.basename(event.file)] = true end,
}})
vim.opt.swapfile = false
vim.opt.more = false
vim.ui.select = function(choices) error('asked to choose among ' .. #choices) end
vim.opt.updatetime = 50
vim.opt.runtimepath:prepend({config!r})
vim.cmd('filetype plugin indent on')
vim.lsp.config('floe_ls', {{ cmd = {{ {python!r}, '-m', 'floe_ls', 'serve' }} }})
vim.diagnostic.config({{ virtual_text = true }})
{last}
"""


class Editor:
    """One Neovim. `until` waits for what it shows; nothing else waits."""

    def __init__(self, nvim: Any) -> None:
        self.nvim = nvim

    def open(self, path: Path) -> None:
        self.nvim.command(f"edit {path}")

    def command(self, line: str) -> None:
        self.nvim.command(line)

    def attached(self, path: Path) -> None:
        """Opens a file, and waits until the server answers for it."""
        self.open(path)
        self.until(lambda: self.lua("return #vim.lsp.get_clients({ bufnr = 0 })"))

    @property
    def name(self) -> str:
        """What the current buffer is called."""
        return str(self.nvim.current.buffer.name)

    @property
    def line(self) -> str:
        """The line that the cursor is on."""
        return str(self.nvim.current.line)

    def lua(self, code: str, *arguments: object) -> Any:
        return self.nvim.exec_lua(code, *arguments)

    def keys(self, typed: str) -> None:
        self.nvim.input(typed)

    @property
    def lines(self) -> list[str]:
        return list(self.nvim.current.buffer[:])

    def place(self, text: str) -> tuple[int, int]:
        """Row and byte column of the first place of a text, from 0."""
        for row, line in enumerate(self.lines):
            if text in line:
                return row, len(line[: line.index(text)].encode())
        raise AssertionError(f"{text!r} is not in the buffer")

    def go_to(self, text: str) -> None:
        row, column = self.place(text)
        self.nvim.current.window.cursor = (row + 1, column)

    def until(
        self, answer: Callable[[], Answer], seconds: float = 20, *, may_end: bool = False
    ) -> Answer:
        """The first answer that is not empty. `may_end`: the server, as something ended it."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := answer():
                return found
            if not may_end and "quit with exit code" in self.messages():
                raise AssertionError(f"the server ended: {self.log()}")
            self.lua("vim.wait(20)")
        raise AssertionError(
            f"did not come about within {seconds} seconds; "
            f"shown: {self.diagnostics()[:9]}, {self.messages()}; log: {self.log()}"
        )

    def messages(self) -> str:
        return str(self.nvim.command_output("messages"))

    def log(self) -> str:
        """The end of what the server wrote on its standard error."""
        file = Path(self.lua("return vim.lsp.get_log_path()"))
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        chunks = re.findall(r'"stderr"\t"(.*)"$', text, re.MULTILINE)
        return "".join(chunks).replace("\\n", "\n")[-3000:]

    def diagnostics(self) -> list[dict[str, Any]]:
        return list(self.lua("return vim.diagnostic.get(0)"))

    def judged(self, path: Path) -> list[dict[str, Any]]:
        """The findings of a file, once the server has published them, be they none."""
        self.open(path)
        self.until(lambda: self.lua("return published[...] == true", path.name))
        return self.diagnostics()

    def codes(self) -> set[str]:
        return {found["code"] for found in self.diagnostics()}

    def finding(self, code: str) -> dict[str, Any]:
        """The one finding with that code, once it is there."""
        found = self.until(lambda: [f for f in self.diagnostics() if f["code"] == code])
        assert len(found) == 1, found
        return found[0]

    def request(self, method: str, **more: object) -> Any:
        """What the server answers for the place of the cursor."""
        return self.lua(
            """
            local method, more = ...
            local client = assert(vim.lsp.get_clients({ bufnr = 0 })[1], 'no server')
            local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
            params = vim.tbl_extend('force', params, more)
            local answer = assert(client:request_sync(method, params, 10000, 0))
            assert(not answer.err, vim.inspect(answer.err))
            return answer.result
            """,
            method,
            more,
        )

    def float_text(self) -> str:
        """The text of the floating window, when there is one."""
        for window in self.nvim.windows:
            if self.nvim.api.win_get_config(window)["relative"]:
                return "\n".join(window.buffer[:])
        return ""

    def virtual_text(self) -> str:
        """What is drawn at the ends of lines."""
        return "\n".join(
            self.lua(
                """
                local drawn, details = {}, { details = true }
                for _, space in pairs(vim.api.nvim_get_namespaces()) do
                  for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, space, 0, -1, details)) do
                    for _, chunk in ipairs(mark[4].virt_text or {}) do
                      table.insert(drawn, chunk[1])
                    end
                  end
                end
                return drawn
                """
            )
        )


PLUGIN = REPOSITORY / "editors" / "nvim"


@contextlib.contextmanager
def neovim(home: Path, first: str = "", plugin: Path = PLUGIN) -> Iterator[Editor]:
    """A Neovim whose settings, caches and state are in `home`. `first`: the first lines of its init.lua."""
    with these_variables(settings(home, first, plugin=plugin)):
        command = [needs("nvim"), "--embed", "--headless", "--clean", "-u", home / "init.lua"]
        nvim = pynvim.attach("child", argv=[str(word) for word in command])
    with ends(nvim):
        yield Editor(nvim)


@contextlib.contextmanager
def neovim_with_package(home: Path, file: Path) -> Iterator[Editor]:
    """A Neovim in which the plugin is a package, as its README says, with a file on the command line."""
    variables = settings(home)
    package = Path(variables["XDG_DATA_HOME"], "nvim", "site", "pack", "floe", "start", "floe")
    package.parent.mkdir(parents=True)
    package.symlink_to(PLUGIN)
    init = Path(variables["XDG_CONFIG_HOME"], "nvim", "init.lua")
    init.parent.mkdir(parents=True)
    server = f"{{ {sys.executable!r}, '-m', 'floe_ls', 'serve' }}"
    init.write_text(f"vim.lsp.config('floe_ls', {{ cmd = {server} }})\n", encoding="utf-8")
    with these_variables(variables):
        command = [needs("nvim"), "--embed", "--headless", file]
        nvim = pynvim.attach("child", argv=[str(word) for word in command])
    with ends(nvim):
        yield Editor(nvim)


@contextlib.contextmanager
def attach(socket: Path) -> Iterator[Editor]:
    """A Neovim that runs and listens."""
    nvim = pynvim.attach("socket", path=str(socket))
    with ends(nvim):
        yield Editor(nvim)


def settings(home: Path, first: str = "", last: str = "", plugin: Path = PLUGIN) -> dict[str, str]:
    """Writes the init.lua; the variables with which Neovim finds it, and keeps to `home`."""
    text = INIT.format(first=first, config=str(plugin), python=sys.executable, last=last)
    (home / "init.lua").write_text(text, encoding="utf-8")
    kinds = ("STATE", "CONFIG", "DATA", "CACHE")
    folders = {f"XDG_{kind}_HOME": str(home / kind) for kind in kinds}
    return {**folders, "PYTHONPATH": str(REPOSITORY / "server")}


@contextlib.contextmanager
def ends(nvim: Any) -> Iterator[None]:
    process = nvim.funcs.getpid()
    try:
        yield
    finally:
        if nvim.api.get_mode()["blocking"]:  # a prompt is open, and nobody will answer it
            os.kill(process, signal.SIGTERM)
        with contextlib.suppress(OSError, EOFError):  # the channel closes while it answers
            nvim.command("qall!")
        nvim.close()


@contextlib.contextmanager
def these_variables(variables: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
