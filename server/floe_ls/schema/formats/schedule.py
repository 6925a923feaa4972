"""When something runs: cron expressions and time zones."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from floe_ls.schema.formats.format import Format, listed, shown
from floe_ls.schema.meta import INFORMATION, WARNING
from floe_ls.schema.nearest import nearest
from floe_ls.schema.timezones import ZONES

_FIELDS = "minute, hour, day of the month, month, day of the week"
_MACROS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True)
class _Field:
    """One of the five places of a cron expression."""

    what: str
    low: int
    high: int
    said: str
    """Which values there are, in words."""
    names: tuple[str, ...] = ()
    """Names of the values, from `low` on."""

    def value(self, text: str) -> int:
        """The number that one value stands for; raises `_WrongError`."""
        if text.isascii() and text.isdigit():
            number = int(text[:6])
            if self.low <= number <= self.high:
                return number
        elif text.upper() in self.names:
            return self.low + self.names.index(text.upper())
        near = nearest(text.upper(), self.names) if text.isalpha() else None
        hint = f" Did you mean `{near}`?" if near else ""
        if self.what == "hour" and text == "24":
            hint = " Midnight is 0."
        raise _WrongError(f"{shown(text)} is no {self.what}: {self.said}.{hint}")


_MINUTE = _Field("minute", 0, 59, "minutes go from 0 to 59")
_HOUR = _Field("hour", 0, 23, "hours go from 0 to 23")
_DAY = _Field("day of the month", 1, 31, "days go from 1 to 31")
_MONTH = _Field(
    "month", 1, 12, "months go from 1 to 12 or JAN to DEC", tuple(m[:3].upper() for m in _MONTHS)
)
_WEEKDAY = _Field(
    "day of the week",
    0,
    7,
    "days of the week go from 0 (Sunday) to 6, or SUN to SAT",
    tuple(d[:3].upper() for d in _WEEKDAYS),
)


class _WrongError(Exception):
    """Stops the reading of an expression, with the sentence that says why."""


@dataclass(frozen=True)
class _Cron:
    """An expression that was read: when it runs, and days that have no fixed number."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]
    last_day: bool = False
    special_weekdays: tuple[str, ...] = ()
    """`the last Friday`, `the 2nd Monday`."""

    @property
    def any_day(self) -> bool:
        return len(self.days) == 31

    @property
    def any_weekday(self) -> bool:
        return len(self.weekdays) == 7


def _cron(text: str) -> str | None:
    try:
        _read(text)
    except _WrongError as wrong:
        return str(wrong)
    return None


@lru_cache(maxsize=64)
def _macro(name: str) -> str | None:
    return nearest(name, _MACROS)


def _read(text: str) -> _Cron:
    if text.strip().startswith("@"):
        text = _expanded(text.strip())
    fields = text.split()
    if not fields:
        raise _WrongError("A schedule is missing: five fields, such as `0 6 * * *` (06:00 daily).")
    if len(fields) != 5:
        count = f"{len(fields)} field{'s' if len(fields) > 1 else ''}"
        hint = " There is no field for seconds or for the year." if len(fields) > 5 else ""
        raise _WrongError(f"A cron expression has five fields ({_FIELDS}); this has {count}.{hint}")
    minute, hour, day, month, weekday = fields
    last_day = False
    if day.upper() == "L":
        day, last_day = "*", True
    weekday, special = _special_weekdays(weekday)
    cron = _Cron(
        minutes=_values(_MINUTE, minute),
        hours=_values(_HOUR, hour),
        days=() if last_day else _values(_DAY, "*" if day == "?" else day),
        months=_values(_MONTH, month),
        weekdays=_values(_WEEKDAY, "*" if weekday == "?" else weekday) if weekday else (),
        last_day=last_day,
        special_weekdays=special,
    )
    if cron.any_weekday and not last_day:
        longest = max(_LONGEST_MONTH[m - 1] for m in cron.months)
        if min(cron.days) > longest:
            months = listed([_MONTHS[m - 1] for m in cron.months], "or")
            raise _WrongError(f"This never runs: there is no day {min(cron.days)} in {months}.")
    return cron


def _expanded(text: str) -> str:
    if text.lower() in _MACROS:
        return _MACROS[text.lower()]
    near = _macro(text[:20].lower())
    hint = f" Did you mean `{near}`?" if near else f" There are {listed(sorted(_MACROS))}."
    if text.lower() == "@reboot":
        hint = " A product is scheduled by time, not by the start of a machine."
    raise _WrongError(f"{shown(text)} is no schedule.{hint}")


def _special_weekdays(text: str) -> tuple[str, tuple[str, ...]]:
    """The days of the week without those that are counted within the month, and those in words."""
    plain, special = [], []
    for part in text.split(","):
        if found := re.fullmatch(r"(\w+)#([1-5])", part):
            day = _WEEKDAYS[_WEEKDAY.value(found[1]) % 7]
            special.append(f"the {_ordinal(int(found[2]))} {day}")
        elif found := re.fullmatch(r"[lL](\w+)|(\d)[lL]", part):
            special.append(f"the last {_WEEKDAYS[_WEEKDAY.value(found[1] or found[2]) % 7]}")
        else:
            plain.append(part)
    return ",".join(plain), tuple(special)


def _values(field: _Field, text: str) -> tuple[int, ...]:
    """All values that one field stands for, in order."""
    values: set[int] = set()
    for part in text.split(","):
        if not part:
            raise _WrongError(f"The list {shown(text)} has an empty place: remove a comma.")
        span, slash, step = part.partition("/")
        low, high = _ends(field, span, stepped=bool(slash))
        values.update(range(low, high + 1, _step(part, step) if slash else 1))
    if field is _WEEKDAY:
        values = {day % 7 for day in values}
    return tuple(sorted(values))


def _ends(field: _Field, span: str, *, stepped: bool) -> tuple[int, int]:
    if span == "*":
        return field.low, 6 if field is _WEEKDAY else field.high
    if not span:
        raise _WrongError(f"Nothing stands before the `/` of the {field.what}: write `*/…`.")
    first, dash, second = span.partition("-")
    low = field.value(first)
    if not dash:
        return low, (6 if field is _WEEKDAY else field.high) if stepped else low
    high = field.value(second)
    if field is _WEEKDAY and high == 0 and low > 0:
        high = 7
    if low > high:
        instead = f"write `{_around(field, low, high)}`"
        raise _WrongError(f"The range `{span}` of the {field.what} runs backwards: {instead}.")
    return low, high


def _around(field: _Field, low: int, high: int) -> str:
    """A range over the end of its field as two ranges."""
    top = 6 if field is _WEEKDAY else field.high
    upper = f"{low}-{top}" if low < top else f"{low}"
    lower = f"{field.low}-{high}" if high > field.low else f"{high}"
    return f"{upper},{lower}"


def _step(part: str, step: str) -> int:
    if not (step.isascii() and step.isdigit()) or int(step[:6]) == 0:
        raise _WrongError(f"The step of {shown(part)} is to be a whole number over zero.")
    return int(step[:6])


def _mended_cron(text: str) -> str | None:
    """The expression meant by one with seconds, hour 24, a backward range or a misspelt macro."""
    fields = text.split()
    if len(fields) == 1 and fields[0].startswith("@"):
        mended = _macro(fields[0][:20].lower())
        return mended if mended != text else None
    if len(fields) == 6 and fields[0] == "0":
        fields = fields[1:]
    if len(fields) != 5:
        return None
    if fields[1] == "24":
        fields[1] = "0"
    places = (_MINUTE, _HOUR, _DAY, _MONTH, _WEEKDAY)
    fields = [
        ",".join(_forwards(field, part) for part in written.split(","))
        for field, written in zip(places, fields, strict=True)
    ]
    mended = " ".join(fields)
    return mended if mended != " ".join(text.split()) and _cron(mended) is None else None


def _forwards(field: _Field, part: str) -> str:
    found = re.fullmatch(r"(\w+)-(\w+)", part)
    if found is None:
        return part
    try:
        low, high = field.value(found[1]), field.value(found[2])
    except _WrongError:
        return part
    return _around(field, low, high) if low > high and (field is not _WEEKDAY or high) else part


def _doubtful_cron(text: str) -> str | None:
    if text.strip().startswith("@"):
        return None
    fields = text.split()
    try:
        cron = _read(text)
    except _WrongError:
        return None
    for field, written in zip((_MINUTE, _HOUR, _DAY, _MONTH), fields, strict=False):
        for step in re.findall(r"\*/(\d{1,6})", written):
            if int(step) > field.high:
                only = f"only {field.low} is left"
                return f"The step `*/{step}` leads over the end of the {field.what}: {only}."
    if fields[0] == "*" and len(cron.hours) == 1:
        hour = cron.hours[0]
        return (
            f"This runs every minute from {hour:02}:00 to {hour:02}:59. "
            f"To run once, give the minute: `0 {' '.join(fields[1:])}`."
        )
    if not cron.any_day and not cron.any_weekday:
        return (
            "Both a day of the month and a day of the week are given: "
            f"this runs on either, {_day_part(cron)}."
        )
    return None


def _cron_in_words(text: str) -> str | None:
    try:
        cron = _read(text)
    except _WrongError:
        return None
    days = _day_part(cron)
    often = _often(cron)
    if often is not None:
        return often if days == "every day" else f"{often}, {days}"
    return f"{days} at {listed(_times(cron))}"


def _often(cron: _Cron) -> str | None:
    """`every 10 minutes`, `every 6 hours`; None where single times of the day say it better."""
    minutes, hours = cron.minutes, cron.hours
    all_hours = len(hours) == 24
    pace = _pace(minutes, 60)
    if len(minutes) == 1:
        at = minutes[0]
        if all_hours:
            return "every hour" if at == 0 else f"every hour at minute {at}"
        every = _pace(hours, 24)
        if every and (every < 6 or (hours[0], at) == (0, 0)):
            start = "" if (hours[0], at) == (0, 0) else f" from {hours[0]:02}:{at:02}"
            return f"every {every} hours{start}"
        if _contiguous(hours) and len(hours) > 3:
            return f"every hour from {hours[0]:02}:{at:02} to {hours[-1]:02}:{at:02}"
        if len(hours) > 8:
            return f"at minute {at} of the hours {_numbers(hours)}"
        return None
    if pace:
        often = "every minute" if pace == 1 else f"every {pace} minutes"
        if minutes[0]:
            often += f" from minute {minutes[0]}"
    elif not all_hours and len(minutes) * len(hours) <= 6:
        return None
    else:
        often = f"at minutes {_numbers(minutes)} of every hour"
    if all_hours:
        return often
    if _contiguous(hours):
        return f"{often}, from {hours[0]:02}:00 to {hours[-1]:02}:59"
    return f"{often}, in the hours {_numbers(hours)}"


def _times(cron: _Cron) -> list[str]:
    return [f"{hour:02}:{minute:02}" for hour in cron.hours for minute in cron.minutes]


def _day_part(cron: _Cron) -> str:
    weekdays = _weekday_part(cron)
    months = _run(_MONTHS, cron.months, -1)
    in_a_row = len(cron.months) > 2 and _contiguous(cron.months)
    if cron.any_day:
        days = weekdays or "every day"
        if len(cron.months) == 12:
            return days
        return f"{days} {'from' if in_a_row else 'in'} {months}"
    if not weekdays and len(cron.months) == 1 and len(cron.days) == 1:
        return f"on {cron.days[0]} {months}"
    if len(cron.months) == 12:
        months = "the month"
    elif in_a_row:
        months = f"each month from {months}"
    days = f"on {_days_of_month(cron).format(months)}"
    return f"{days} and {weekdays}" if weekdays else days


def _weekday_part(cron: _Cron) -> str:
    """The days of the week, empty where every day will do."""
    if cron.any_weekday:
        return ""
    special = [f"on {day} of the month" for day in cron.special_weekdays]
    if len(cron.weekdays) == 1:
        special.insert(0, f"every {_WEEKDAYS[cron.weekdays[0]]}")
    elif cron.weekdays:
        sunday_last = tuple(sorted(cron.weekdays, key=lambda day: (day - 1) % 7))
        shifted = tuple((day - 1) % 7 for day in sunday_last)
        special.insert(0, _run((*_WEEKDAYS[1:], _WEEKDAYS[0]), shifted, 0))
    return listed(special)


def _days_of_month(cron: _Cron) -> str:
    """The days, with a place for the words for the months."""
    if cron.last_day:
        return "the last day of {}"
    days = cron.days
    if len(days) > 3:
        if _contiguous(days):
            return f"the {_ordinal(days[0])} to {_ordinal(days[-1])} of {{}}"
        step = days[1] - days[0]
        if days == tuple(range(days[0], 32, step)):
            return f"every {_ordinal(step)} day of {{}} from the {_ordinal(days[0])}"
    return f"the {listed([_ordinal(day) for day in days])} of {{}}"


def _run(names: tuple[str, ...], values: tuple[int, ...], offset: int) -> str:
    """Names in words: `June to August` where three or more follow each other, else a list."""
    if len(values) > 2 and _contiguous(values):
        return f"{names[values[0] + offset]} to {names[values[-1] + offset]}"
    return listed([names[value + offset] for value in values])


def _pace(values: tuple[int, ...], around: int) -> int | None:
    """The even distance of values that go on in the next round without a break."""
    if len(values) < 2:
        return None
    step = values[1] - values[0]
    even = around % step == 0 and values == tuple(range(values[0] % step, around, step))
    return step if even else None


def _contiguous(values: tuple[int, ...]) -> bool:
    return bool(values) and values[-1] - values[0] == len(values) - 1


def _numbers(values: Iterable[int]) -> str:
    return listed([str(value) for value in values])


def _ordinal(number: int) -> str:
    unit = 0 if 10 <= number % 100 <= 20 else number % 10
    return str(number) + {1: "st", 2: "nd", 3: "rd"}.get(unit, "th")


_ABBREVIATED = {
    "AEDT": "Australia/Sydney",
    "AEST": "Australia/Sydney",
    "AKST": "America/Anchorage",
    "BST": "Europe/London",
    "CDT": "America/Chicago",
    "CEST": "Europe/Berlin",
    "CST": "America/Chicago",
    "EDT": "America/New_York",
    "EEST": "Europe/Helsinki",
    "JST": "Asia/Tokyo",
    "KST": "Asia/Seoul",
    "MDT": "America/Denver",
    "MSK": "Europe/Moscow",
    "NZST": "Pacific/Auckland",
    "PDT": "America/Los_Angeles",
    "PST": "America/Los_Angeles",
    "SGT": "Asia/Singapore",
    "WEST": "Europe/Lisbon",
    "Z": "UTC",
}
"""Abbreviations that are no IANA names, and a zone where they are used."""

_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-])\s*(\d{1,2})(?::?(\d\d))?", re.IGNORECASE)
_KNOWN_ZONES = frozenset(ZONES)


def _timezone(text: str) -> str | None:
    if text in _KNOWN_ZONES:
        return None
    if not text.strip():
        return "A time zone is missing: write an IANA name such as `UTC` or `Europe/Berlin`."
    if _OFFSET.fullmatch(text.strip()):
        fixed = _fixed_offset(text)
        exact = f", or `{fixed}` for exactly this (the sign is turned round there)" if fixed else ""
        return (
            f"{shown(text)} is an offset, not a time zone, and knows no summer time: "
            f"write an IANA name such as `Europe/Berlin`{exact}."
        )
    meant = _meant_zone(text)
    if meant is None:
        return f"{shown(text)} is no IANA time zone: write a name such as `UTC` or `Europe/Berlin`."
    if meant.lower() == text.lower():
        return f"Time zones are told apart by case: write `{meant}`."
    return f"{shown(text)} is no IANA time zone: did you mean `{meant}`?"


def _mended_timezone(text: str) -> str | None:
    if text in _KNOWN_ZONES:
        return None
    return _fixed_offset(text) if _OFFSET.fullmatch(text.strip()) else _meant_zone(text)


def _fixed_offset(text: str) -> str | None:
    """The zone with a fixed offset, whose sign is the other way round by POSIX."""
    found = _OFFSET.fullmatch(text.strip())
    if found is None or (found[3] or "00") != "00":
        return None
    hours = int(found[2])
    zone = f"Etc/GMT{'-' if found[1] == '+' else '+'}{hours}" if hours else "UTC"
    return zone if zone in _KNOWN_ZONES else None


@cache
def _by_city() -> dict[str, str | None]:
    """Zones by their name in lower case, and by its last part, None where several share that."""
    cities: dict[str, str | None] = {}
    for zone in ZONES:
        city = zone.rpartition("/")[2].lower()
        cities[city] = None if city in cities else zone
    return cities | {zone.lower(): zone for zone in ZONES}


def _meant_zone(text: str) -> str | None:
    name = text.strip().replace(" ", "_")[:60]
    if name.upper() in _ABBREVIATED:
        return _ABBREVIATED[name.upper()]
    if zone := _by_city().get(name.lower()):
        return zone
    return nearest(name, ZONES) if len(name) > 4 else None


SCHEDULES = (
    Format(
        name="cron",
        title=f"a cron expression of five fields: {_FIELDS}",
        check=_cron,
        code="schedule/cron",
        severity=WARNING,
        examples=("0 6 * * *", "*/10 * * * *", "0 8 * * 1-5"),
        doubt=_doubtful_cron,
        doubt_severity=INFORMATION,
        meaning=_cron_in_words,
        suggest=_mended_cron,
    ),
    Format(
        name="timezone",
        title="a time zone, by its IANA name",
        check=_timezone,
        code="schedule/timezone",
        severity=WARNING,
        examples=("UTC", "Europe/Berlin", "America/New_York"),
        suggest=_mended_timezone,
    ),
)
