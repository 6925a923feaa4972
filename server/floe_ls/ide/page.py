"""How the page of a code is laid out."""

from __future__ import annotations

from textwrap import dedent


def page(why: str, wrong: str, right: str, advice: str = "") -> str:
    """Markdown: why it matters, an example of it, the same put right, and what to do."""
    parts = [_text(why), f"Wrong:\n\n{_yaml(wrong)}", f"Right:\n\n{_yaml(right)}", _text(advice)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _text(text: str) -> str:
    return dedent(text).strip()


def _yaml(text: str) -> str:
    return "```yaml\n" + dedent(text).strip("\n") + "\n```"
