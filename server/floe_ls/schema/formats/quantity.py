"""Kubernetes quantities: how much CPU and memory a job asks for."""

from __future__ import annotations

import re
from decimal import Decimal

from floe_ls.schema.formats.format import Format, shown
from floe_ls.schema.meta import WARNING

_QUANTITY = re.compile(
    r"(?P<sign>[+-]?)(?P<number>[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})"
    r"(?P<suffix>[KMGTPE]i|[numkMGTPE]?|[eE][+-]?[0-9]{1,2})"
)
_LIKE = re.compile(r"\s*(?P<number>[0-9]+(?:[.,][0-9]+)?)\s*(?P<unit>[A-Za-z]*)\s*")
_BINARY = {f"{letter}i": 1024**power for power, letter in enumerate("KMGTPE", 1)}
_DECIMAL = {"k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15, "E": 10**18}
_SMALL = {"n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"), "": Decimal(1)}
_WORDS = {
    **dict(zip(_BINARY, ("kibi", "mebi", "gibi", "tebi", "pebi", "exbi"), strict=True)),
    **dict(zip(_DECIMAL, ("kilo", "mega", "giga", "tera", "peta", "exa"), strict=True)),
}
_LEAST_MEMORY = 4 * 1024**2
"""Below this no container starts."""
_MOST_CORES = 1024


def _amount(text: str) -> Decimal | None:
    """What a quantity comes to, in cores or bytes; None where it is none."""
    found = _QUANTITY.fullmatch(text)
    if found is None or not text.isascii():
        return None
    number, suffix = Decimal(found["number"]), found["suffix"]
    if suffix[:1] in {"e", "E"} and len(suffix) > 1 and suffix != "Ei":
        number = number.scaleb(int(suffix[1:]))
    else:
        number *= Decimal({**_BINARY, **_DECIMAL}.get(suffix) or _SMALL[suffix])
    return -number if found["sign"] == "-" else number


def _cpu(text: str) -> str | None:
    amount = _amount(text)
    if amount is None:
        mended = _mended_cpu(text)
        right = f"write `{mended}`" if mended else "write cores such as `0.5`, or `500m`"
        return f"{shown(text)} is no amount of CPU: {right}."
    if amount < 0:
        return f"{shown(text)} is less than nothing: write cores such as `0.5`, or `500m`."
    return None


def _doubtful_cpu(text: str) -> str | None:
    amount = _amount(text)
    if amount is None or amount <= 0:
        return None
    if amount < Decimal("0.001"):
        return f"{shown(text)} is less than a thousandth of a core, the least that there is: `1m`."
    if amount >= 10**5:
        return f"{shown(text)} is far more cores than any machine has: write a number such as `2`."
    if amount > _MOST_CORES:
        thousandths = f"for thousandths of a core write `{_plain(amount)}m`"
        return f"{_counted(amount, 'core')} are more than any machine has: {thousandths}."
    return None


def _cpu_in_words(text: str) -> str | None:
    amount = _amount(text)
    return None if amount is None or not 0 < amount < 10**5 else _counted(amount, "core")


def _mended_cpu(text: str) -> str | None:
    if text.isdigit() and _MOST_CORES < (_amount(text) or 0) < 10**5:
        return f"{text}m"
    found = _LIKE.fullmatch(text)
    if found is None or not found["number"].isascii():
        return None
    number = found["number"].replace(",", ".")
    unit = found["unit"].lower()
    if unit in {"", "c", "core", "cores", "cpu", "cpus", "vcpu", "vcpus"}:
        mended = number
    elif unit in {"m", "mcpu", "milli", "millicore", "millicores"}:
        mended = f"{number}m"
    else:
        return None
    return mended if mended != text and _amount(mended) else None


def _memory(text: str) -> str | None:
    amount = _amount(text)
    if amount is None:
        mended = _mended_memory(text)
        right = f"write `{mended}`" if mended else "write a number with Mi or Gi, such as `512Mi`"
        return f"{shown(text)} is no amount of memory: {right}."
    if amount < 0:
        return f"{shown(text)} is less than nothing: write an amount such as `512Mi`."
    return None


def _doubtful_memory(text: str) -> str | None:
    amount = _amount(text)
    if amount is None or not 0 < amount < _LEAST_MEMORY:
        return None
    size = "less than a byte" if amount < 1 else _counted(amount, "byte")
    right = f"write `{mended}`" if (mended := _mended_memory(text)) else "write more, as in `512Mi`"
    milli = "`m` is a thousandth; " if text.endswith("m") else ""
    return f"{shown(text)} is {size}, too little for anything to start: {milli}{right}."


def _memory_in_words(text: str) -> str | None:
    amount = _amount(text)
    found = _QUANTITY.fullmatch(text)
    if amount is None or found is None or not 0 < amount < 10**24:
        return None
    if (suffix := found["suffix"]) in _WORDS:
        return _counted(Decimal(found["number"]), f"{_WORDS[suffix]}byte")
    for unit, size in reversed(_BINARY.items()):
        if amount >= size:
            share = (amount / size).quantize(Decimal("0.1"))
            about = "" if share * size == amount else "about "
            return f"{_counted(amount, 'byte')} ({about}{_counted(share, f'{_WORDS[unit]}byte')})"
    return _counted(amount, "byte")


def _mended_memory(text: str) -> str | None:
    amount = _amount(text)
    if amount is not None:
        number = text.removesuffix("m")
        return f"{number}Mi" if number.isdigit() and 0 < int(number) < 10**5 else None
    found = _LIKE.fullmatch(text)
    if found is None or not found["number"].isascii():
        return None
    number, unit = found["number"].replace(",", "."), found["unit"]
    size = unit[:1].upper()
    if unit.lower() in {f"{size.lower()}b", f"{size.lower()}"} and size in "KMGTPE":
        suffix = "k" if size == "K" else size
    elif unit.lower() in {f"{size.lower()}ib", f"{size.lower()}i"} and size in "KMGTPE":
        suffix = f"{size}i"
    elif unit.lower() in {"", "b", "byte", "bytes"}:
        suffix = ""
    else:
        return None
    mended = number + suffix
    return mended if mended != text and _amount(mended) else None


def _counted(amount: Decimal, unit: str) -> str:
    plain = _plain(amount, grouped=True)
    return f"{plain} {unit}" if plain == "1" else f"{plain} {unit}s"


def _plain(amount: Decimal, *, grouped: bool = False) -> str:
    text = format(amount, ",f" if grouped else "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


QUANTITIES = (
    Format(
        name="quantity-cpu",
        title="an amount of CPU, as Kubernetes writes it: cores, or thousandths with `m`",
        check=_cpu,
        code="resources/quantity",
        severity=WARNING,
        examples=("500m", "2", "0.5"),
        doubt=_doubtful_cpu,
        meaning=_cpu_in_words,
        suggest=_mended_cpu,
    ),
    Format(
        name="quantity-memory",
        title="an amount of memory, as Kubernetes writes it: bytes, or with Ki, Mi, Gi, Ti",
        check=_memory,
        code="resources/quantity",
        severity=WARNING,
        examples=("512Mi", "2Gi"),
        doubt=_doubtful_memory,
        meaning=_memory_in_words,
        suggest=_mended_memory,
    ),
)
