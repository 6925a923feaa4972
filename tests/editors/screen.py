"""A real Neovim in a real terminal on a screen of its own, for pictures."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from editors.neovim import Editor, attach, settings
from tools import REPOSITORY, needs

PICTURES = REPOSITORY / ".tools" / "pictures"
WIDTH, HEIGHT = 1280, 620

LOOK = """
vim.g.floe = {{ lenses = false }}
vim.opt.background = {background!r}
vim.opt.number, vim.opt.signcolumn, vim.opt.winborder = true, 'yes', 'rounded'
vim.opt.laststatus, vim.opt.ruler, vim.opt.showmode, vim.opt.wrap = 2, false, false, false
vim.opt.statusline = ' %{{v:lua.title()}}%=%l:%c '
function title()
  return vim.fs.basename(vim.uri_decode((vim.api.nvim_buf_get_name(0):gsub('%?.*', ''))))
end
vim.cmd('syntax on')
vim.cmd.colorscheme('retrobox')
local function beginning(found)
  return (found.message:match('^[^:;]*'))
end
vim.diagnostic.config({{
  virtual_text = {{ prefix = '■', format = beginning, severity = {{ min = vim.diagnostic.severity.WARN }} }},
  severity_sort = true,
}})
for group, colour in pairs({colours}) do
  vim.api.nvim_set_hl(0, group, {{ fg = colour }})
end
vim.api.nvim_set_hl(0, 'NormalFloat', {{ link = 'Normal' }})
"""
GROUPS = (
    ["DiagnosticError"],
    ["DiagnosticWarn"],
    ["DiagnosticInfo", "DiagnosticHint", "LspInlayHint", "LspCodeLens", "FloatBorder"],
    ["@markup.raw.markdown_inline"],
)


@dataclass(frozen=True)
class Theme:
    back: str
    front: str
    colours: tuple[str, ...]
    """Of errors, warnings, what is said in passing, and code in texts."""


THEMES = {
    "dark": Theme("#1c1c1c", "#ebdbb2", ("#fb4934", "#fabd2f", "#a89984", "#8ec07c")),
    "light": Theme("#fbf1c7", "#3c3836", ("#9d0006", "#b57614", "#7c6f64", "#427b58")),
}


@dataclass(frozen=True)
class Screen:
    editor: Editor
    display: str

    def picture(self, name: str) -> Path:
        """What is on the screen, once it stays the same."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        path = PICTURES / f"{name}.png"
        before = b""
        for _ in range(50):
            self.editor.command("redraw")
            command = [needs("import"), "-window", "root", "-strip", path]
            subprocess.run(command, env=self._environment(), check=True, capture_output=True)
            now = path.read_bytes()
            if now == before:
                return path
            before = now
        raise AssertionError("the screen does not come to rest")

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "DISPLAY": self.display}


@contextlib.contextmanager
def screen(home: Path, theme: str, folder: Path) -> Iterator[Screen]:
    """Neovim in xterm, in that folder."""
    chosen = THEMES[theme]
    groups = zip(GROUPS, chosen.colours, strict=True)
    colours = [f"[{name!r}] = {colour!r}" for names, colour in groups for name in names]
    look = LOOK.format(background=theme, colours="{" + ", ".join(colours) + "}")
    environment = {**os.environ, **settings(home, last=look), "COLORTERM": "truecolor"}
    socket = home / "nvim.sock"
    with contextlib.ExitStack() as stack:
        read, write = os.pipe()
        xvfb = [needs("Xvfb"), "-displayfd", str(write), "-screen", "0", f"{WIDTH}x{HEIGHT}x24"]
        run(stack, [*xvfb, "-nolisten", "tcp"], environment, pass_fds=(write,))
        os.close(write)
        with os.fdopen(read, encoding="ascii") as pipe:
            environment["DISPLAY"] = f":{pipe.readline().strip()}"
        size = ["-fa", "DejaVu Sans Mono", "-fs", "11", "-geometry", "141x32+0+0", "-b", "5"]
        nvim = [needs("nvim"), "--clean", "-u", home / "init.lua", "--listen", socket]
        terminal = [
            needs("xterm"),
            *size,
            "+sb",
            "-bg",
            chosen.back,
            "-fg",
            chosen.front,
            "-e",
            *nvim,
        ]
        run(stack, terminal, environment, cwd=folder)
        wait(socket.exists)
        editor = stack.enter_context(attach(socket))
        yield Screen(editor, environment["DISPLAY"])


def run(
    stack: contextlib.ExitStack,
    command: list[str | Path],
    environment: dict[str, str],
    **more: object,
) -> None:
    """Starts a program that ends with the stack."""
    process = subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **more,  # type: ignore[call-overload]
    )
    stack.callback(process.wait, 10)
    stack.callback(process.terminate)


def wait(answer: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not answer():
        assert time.monotonic() < end
        time.sleep(0.05)
