"""Days and moments."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from functools import cache
from typing import TYPE_CHECKING

from floe_ls.schema.formats.format import Format, shown

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_ISO_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d", re.ASCII)
_TURNED = re.compile(r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})", re.ASCII)
_RUN_TOGETHER = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


@cache
def _dates() -> TypeAdapter[dt.date]:
    from pydantic import TypeAdapter

    return TypeAdapter(dt.date)


@cache
def _datetimes() -> TypeAdapter[dt.datetime]:
    from pydantic import TypeAdapter

    return TypeAdapter(dt.datetime)


def _as_date(text: str) -> dt.date | None:
    """The day that floe reads, the way it reads it."""
    try:
        return _dates().validate_python(text)
    except ValueError:  # pydantic's own kind of it
        return None


def _as_moment(text: str) -> dt.datetime | None:
    try:
        return _datetimes().validate_python(text)
    except ValueError:  # pydantic's own kind of it
        return None


def _date(text: str) -> str | None:
    if _as_date(text) is not None:
        return None
    if _DATE.fullmatch(text):
        return f"There is no day {text}: {_why_no_day(text)}."
    mended = _mended_date(text)
    if not mended and not text.isdigit() and _as_moment(text) is not None:
        return f"{shown(text)} has a time of day; a day alone is written as YYYY-MM-DD."
    right = f"write `{mended}`" if mended else "a day is written as YYYY-MM-DD, such as 2030-12-31"
    return f"{shown(text)} is no day: {right}."


def _why_no_day(text: str) -> str:
    year, month, day = (int(part) for part in text.split("-"))
    if not 1 <= month <= 12:
        return f"months go from 01 to 12, not to {month:02}"
    if year < 1:
        return "years begin with 0001"
    last = calendar.monthrange(year, month)[1]
    return f"days of {_MONTHS[month - 1]} {year} go from 01 to {last}, not to {day:02}"


def _doubtful_date(text: str) -> str | None:
    day = _as_date(text)
    if day is None or _DATE.fullmatch(text):
        return None
    return f"{shown(text)} is read as {day.isoformat()}: write it so."


def _mended_date(text: str) -> str | None:
    """The day in ISO form where the text leaves no doubt which day it is."""
    if _DATE.fullmatch(text):
        return None
    if (day := _as_date(text)) is not None:
        return day.isoformat()
    found = _TURNED.fullmatch(text.strip()) or _RUN_TOGETHER.fullmatch(text.strip())
    if found is None:
        return None
    first, second, third = (int(part) for part in found.groups())
    if len(found[1]) == 4 and len(found[3]) <= 2:
        candidates = {(first, second, third)}
    elif len(found[3]) == 4 and len(found[1]) <= 2:
        candidates = {(third, second, first), (third, first, second)}
        if "." in text:  # nobody writes the month first with dots
            candidates = {(third, second, first)}
    else:
        return None
    days = {f"{year:04}-{month:02}-{day:02}" for year, month, day in candidates}
    real = [day for day in days if _as_date(day) is not None]
    return real[0] if len(real) == 1 else None


def _date_in_words(text: str) -> str | None:
    day = _as_date(text)
    if day is None:
        return None
    return f"{_WEEKDAYS[day.weekday()]}, {day.day} {_MONTHS[day.month - 1]} {day.year}"


def _datetime(text: str) -> str | None:
    if _as_moment(text) is not None:
        return None
    form = "YYYY-MM-DDTHH:MM:SSZ, such as 2030-12-31T18:00:00Z"
    return f"{shown(text)} is no moment, which is written as {form}."


def _doubtful_datetime(text: str) -> str | None:
    moment = _as_moment(text)
    if moment is None:
        return None
    if not _ISO_MOMENT.match(text):
        return f"{shown(text)} is read as {moment.isoformat()}: write it so."
    if moment.tzinfo is None:
        return f"{shown(text)} names no time zone: end it with `Z` for UTC, or with an offset."
    return None


def _datetime_in_words(text: str) -> str | None:
    moment = _as_moment(text)
    if moment is None:
        return None
    zone = moment.tzname() or "in no time zone"
    day = f"{_WEEKDAYS[moment.weekday()]}, {moment.day} {_MONTHS[moment.month - 1]} {moment.year}"
    return f"{day}, {moment:%H:%M} {zone}"


DATES = (
    Format(
        name="date",
        title="a day, as YYYY-MM-DD",
        check=_date,
        code="date/form",
        examples=("2030-12-31",),
        doubt=_doubtful_date,
        meaning=_date_in_words,
        suggest=_mended_date,
    ),
    Format(
        name="datetime",
        title="a moment, as YYYY-MM-DDTHH:MM:SSZ",
        check=_datetime,
        code="date/form",
        examples=("2030-12-31T18:00:00Z",),
        doubt=_doubtful_datetime,
        meaning=_datetime_in_words,
    ),
)
