"""The forms of strings."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from importlib.metadata import version
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floe_ls.schema.formats import FORMATS, Format
from floe_ls.schema.meta import Dialect, Severity
from floe_ls.schema.timezones import RELEASE, ZONES
from tools import REPOSITORY, oracle

RIGHT: dict[str, list[str]] = {
    "semver": ["1.0.0", "0.0.0", "10.20.30", "01.2.3"],
    "manifest-name": ["a", "1", "acme-platform", "0-0", "a" * 63, "defaults", "floe-platform"],
    "product-name": ["a", "customer-360", "a-", "floe"],
    "model-name": ["a", "_", "stg_customers", "Orders2", "_1"],
    "source-name": ["a", "A-b_c", "-", "1"],
    "environment-name": ["dev", "us_east-1", "p"],
    "secret-name": ["snowflake-credentials", "a", "1", "db-creds-2"],
    "table-name": ["raw.orders", "a.b", "bronze.Bestellungen-2024", "a b.c"],
    "manifest-ref": ["oci://registry/enterprise:v1", "enterprise-manifest", "x"],
    "nonblank": ["x", " x"],
    "cron": [
        "* * * * *",
        "0 6 * * *",
        "*/10 * * * *",
        "0 */6 * * *",
        "0 8 * * 1-5",
        "0 8 * * MON-FRI",
        "0 8 * jan,JUL sun",
        "5/15 * * * *",
        "0-30/5 9-17 1,15 1-12/3 *",
        "0 0 29 2 *",
        "0 0 31 1-2 *",
        "0 0 31 2 5",
        "0 0 L * *",
        "0 9 * * 1#2",
        "0 9 * * L5",
        "0 12 ? * MON",
        "0 0 * * 7",
        "0 0 * * 5-7",
        "0 0 * * 5-0",
        "@daily",
        "@hourly",
        "  0   6 * * *  ",
    ],
    "timezone": [
        "UTC",
        "Europe/Berlin",
        "America/Argentina/Buenos_Aires",
        "Etc/GMT-2",
        "US/Eastern",
    ],
    "date": ["2030-12-31", "2024-02-29", "2026-06-01T00:00:00", "1654646400"],
    "datetime": ["2030-12-31T18:00:00Z", "2030-12-31T18:00:00+02:00", "2030-12-31 18:00"],
    "quantity-cpu": ["1", "0.5", ".5", "2.", "500m", "0", "1e0", "+1", "1500m", "100u"],
    "quantity-memory": [
        "512Mi",
        "2Gi",
        "128974848",
        "1.5Gi",
        "129e6",
        "500M",
        "2k",
        "1E",
        "1Ei",
        "0",
    ],
    "regex": ["", "^a$", "(a+)+", "(?P<x>a)", "[[a]"],
    "safe-regex": ["^raw_.*$", "^(stg|fct)_[a-z]+$", "a{2,}", "(a)*", "(a|b)*", "a" * 500],
    "subject-regex": ["repo:acme/.*:ref:refs/heads/main", "a" * 1000],
    "glob": ["*", "stg_*", "**/*.yaml", "[!a]b"],
    "registry-uri": [
        "oci://registry.example.com/floe",
        "oci://harbor.internal:5000/a/b_c/D.e",
        "oci://ab",
        "oci://registry/x",
    ],
    "public-endpoint": [
        "http://otel:4317",
        "https://otel.example.com/v1",
        "http://floe-platform-marquez:5000/api/v1/lineage",
        "http://172.32.0.1",
        "http://8.8.8.8",
        "http://0.0.0.0",
        "http://[::1]",
        "http://LOCALHOST",
        "http://",
    ],
    "http-url": [
        "https://rekor.sigstore.io/",
        "http://a",
        "HTTP://a.b:80/x?y#z",
        "https://[::1]:1/",
    ],
    "url": ["https://hooks.slack.com/services/T0/B0/X", "http://a", "${SLACK_WEBHOOK_URL}"],
    "source-path": [
        "data/orders.csv",
        "s3://raw/orders/*.parquet",
        "gs://b",
        "az://c/x",
        "../x",
        "a\\b",
    ],
}

WRONG: dict[str, list[tuple[str, str]]] = {
    "semver": [
        ("1.0", "2 numbers"),
        ("1", "one number"),
        ("1.2.3.4", "4 numbers"),
        ("v1.2.3", "no `v`"),
        ("1.2.3-rc1", "pre-release"),
        ("1.2.3+build", "build part"),
        ("1.2.3x", "more text"),
        ("1.2.3\n", "spaces around"),
        ("latest", "no version"),
        ("", "missing"),
    ],
    "manifest-name": [
        ("floe", "reserved"),
        ("default", "reserved"),
        ("My-Platform", "write `my-platform`"),
        ("my_platform", "`_` is not allowed"),
        ("my platform", "a space is not allowed"),
        ("-a", "begins with a letter or a digit"),
        ("a-", "ends with a letter or a digit"),
        ("a\n", "spaces around"),
        ("ä", "`ä` is not allowed"),
        ("", "missing"),
    ],
    "product-name": [
        ("360-customers", "begins with a letter"),
        ("Customers", "write `customers`"),
        ("-a", "begins with a letter"),
        ("a_b", "`_` is not allowed"),
        ("", "missing"),
    ],
    "model-name": [
        ("1st", "begins with a letter or an underscore"),
        ("stg-orders", "`-` is not allowed"),
        ("stg.orders", "`.` is not allowed"),
        ("größe", "`ö` is not allowed"),
        ("a\n", "spaces around"),
    ],
    "source-name": [("a b", "a space is not allowed"), ("a.b", "`.` is not allowed")],
    "environment-name": [("Prod", "write `prod`"), ("1dev", "begins with a letter")],
    "secret-name": [
        ("MySecret", "write `mysecret`"),
        ("my.secret", "`.` is not allowed"),
        ("{{ secret }}", "not filled in"),
        ("${SECRET}", "not filled in"),
    ],
    "table-name": [
        ("orders", "no namespace"),
        ("a.b.c", "3 parts"),
        (".orders", "namespace is missing"),
        ("raw.", "table is missing"),
        ("raw. orders", "spaces around"),
    ],
    "manifest-ref": [("", "expected"), ("  ", "expected")],
    "nonblank": [("", "empty"), (" \t", "empty")],
    "cron": [
        ("", "missing"),
        ("* * * *", "this has 4 fields"),
        ("0", "this has 1 field"),
        ("0 0 6 * * *", "no field for seconds"),
        ("60 * * * *", "no minute"),
        ("0 24 * * *", "Midnight is 0"),
        ("0 0 0 * *", "no day of the month"),
        ("0 0 * 13 *", "no month"),
        ("0 0 * * 8", "no day of the week"),
        ("0 0 * * MOO", "Did you mean `MON`?"),
        ("0 22-2 * * *", "write `22-23,0-2`"),
        ("*/0 * * * *", "whole number over zero"),
        ("*/x * * * *", "whole number over zero"),
        ("/5 * * * *", "write `*/…`"),
        ("1,,2 * * * *", "empty place"),
        ("-5 * * * *", "no minute"),
        ("0 0 30 2 *", "no day 30 in February"),
        ("0 0 31 4,6,9,11 *", "April, June, September or November"),
        ("0 0 15W * *", "no day of the month"),
        ("٣ * * * *", "no minute"),
        ("@dayly", "Did you mean `@daily`?"),
        ("@reboot", "start of a machine"),
        ("@every 5m", "no schedule"),
    ],
    "timezone": [
        ("", "missing"),
        ("Europe/berlin", "write `Europe/Berlin`"),
        ("utc", "write `UTC`"),
        ("Europe/Brelin", "did you mean `Europe/Berlin`?"),
        ("Berlin", "did you mean `Europe/Berlin`?"),
        ("new york", "did you mean `America/New_York`?"),
        ("PST", "did you mean `America/Los_Angeles`?"),
        ("UTC+2", "`Etc/GMT-2` for exactly this"),
        ("+05:30", "an offset, not a time zone"),
        ("Local", "no IANA time zone"),
    ],
    "date": [
        ("2026-02-30", "from 01 to 28"),
        ("2026-13-01", "months go from 01 to 12"),
        ("9999-12-32", "from 01 to 31"),
        ("0000-01-01", "years begin with 0001"),
        ("31.12.2026", "write `2026-12-31`"),
        ("12/31/2026", "write `2026-12-31`"),
        ("20260601", "write `2026-06-01`"),
        ("01/02/2026", "YYYY-MM-DD"),
        ("2026-06-01T10:00:00", "time of day"),
        ("tomorrow", "no day"),
        ("", "no day"),
    ],
    "datetime": [("now", "no moment"), ("", "no moment"), ("2026-13-01T00:00:00Z", "no moment")],
    "quantity-cpu": [
        ("1 core", "write `1`"),
        ("1,5", "write `1.5`"),
        ("500 m", "write `500m`"),
        ("-1", "less than nothing"),
        ("a lot", "no amount of CPU"),
        ("", "no amount of CPU"),
        ("1.5.", "no amount of CPU"),
    ],
    "quantity-memory": [
        ("512MB", "write `512M`"),
        ("512MiB", "write `512Mi`"),
        ("512mi", "write `512Mi`"),
        ("1 Gi", "write `1Gi`"),
        ("2K", "write `2k`"),
        ("-1Gi", "less than nothing"),
        ("10 potatoes", "no amount of memory"),
        ("Mi", "no amount of memory"),
    ],
    "regex": [
        ("(", "unterminated subpattern at character 1"),
        ("[", "unterminated character set"),
        ("a**", "multiple repeat"),
        ("x{1,99999999999}", "too great"),
    ],
    "safe-regex": [
        ("a" * 501, "500 characters at most; this has 501"),
        ("(a+)+", "itself repeated"),
        ("^(v[0-9]+)_x$", "`+` inside a group"),
        ("(a*)", "`*` inside a group"),
        ("(a|b)+", "choice between alternatives"),
        ("(ab){2,}", "count without an end"),
        ("(", "no regular expression"),
    ],
    "subject-regex": [("(a+)+", "itself repeated"), ("[", "no regular expression")],
    "glob": [("", "missing")],
    "registry-uri": [
        ("", "missing"),
        ("ghcr.io/acme", "begins with `oci://`"),
        ("https://ghcr.io/acme", "not with `https://`"),
        ("oci://", "host is missing"),
        ("oci://ghcr.io/acme:1.0", "no tag: remove `:1.0`"),
        ("oci://ghcr.io/acme@sha256:ab", "neither user nor digest"),
        ("oci://user@ghcr.io/acme", "neither user nor digest"),
        ("oci://ghcr.io:http/acme", "`http` is no port"),
        ("oci://a/x", "too short"),
        ("oci://my_registry/x", "`_` is not allowed"),
        ("oci://-registry/x", "begins and ends with a letter or a digit"),
        ("oci://ghcr.io/", "ends without a `/`"),
        ("oci://ghcr.io//x", "part of the path is empty"),
        ("oci://ghcr.io/a b", "a space is not allowed"),
        ("oci://ghcr.io/x\n", "spaces around"),
    ],
    "public-endpoint": [
        ("", "missing"),
        ("otel:4317", "has neither"),
        ("grpc://otel:4317", "not with `grpc://`"),
        ("HTTP://otel", "not with `HTTP://`"),
        (" http://otel", "remove the spaces"),
        ("http://localhost:4317", "stands for this machine"),
        ("http://127.0.0.1", "stands for this machine"),
        ("http://::1", "stands for this machine"),
        ("http://10.1.2.3/x", "lies in a private network"),
        ("https://172.16.0.1", "lies in a private network"),
        ("https://172.31.0.1", "lies in a private network"),
        ("https://192.168.0.1", "lies in a private network"),
        ("https://169.254.169.254/latest", "link-local"),
        ("http://localhostess.example.com", "counts as private"),
        ("http://a.b/?next=http://localhost", "stands for this machine"),
    ],
    "http-url": [
        ("", "missing"),
        ("example.com", "has neither"),
        ("ftp://example.com", "not with `ftp://`"),
        ("http://", "names no host"),
        ("http://a:99999", "a port is a number"),
        ("http://[::1", "IPv6"),
        ("http://a/" + "x" * 2100, "2083 characters"),
    ],
    "url": [
        ("ftp://example.com", "not with `ftp://`"),
        ("hooks.example.com/x", "has neither"),
        ("https://", "names no host"),
        ("https://a b", "has a space"),
    ],
    "source-path": [
        ("", "missing"),
        (" a", "spaces around"),
        ("/data", "begins with `/`"),
        ("C:\\data", "names a drive"),
        ("file:///data", "without `file:`"),
        ("https://example.com/x.csv", "begins with `s3://`, `gs://` or `az://`"),
        ("s3a://b/c", "write `s3://`"),
        ("s3:///c", "bucket is missing"),
        ("s3://user:word@b/c", "Credentials stand before the `@`"),
        ("s3://b/c?X-Amz-Signature=ab", "query of this path names credentials"),
        ("s3://b/c#access-key", "fragment of this path names credentials"),
        ("s3://[b/c", "no path"),
    ],
}

DOUBTFUL: dict[str, list[tuple[str, str]]] = {
    "nonblank": [(" x", "spaces around")],
    "cron": [
        ("* 6 * * *", "every minute from 06:00 to 06:59"),
        ("*/90 * * * *", "leads over the end"),
        ("0 0 13 * 5", "on either"),
    ],
    "date": [("2026-06-01T00:00:00", "read as 2026-06-01"), ("1654646400", "read as 2022-06-08")],
    "datetime": [
        ("2030-12-31T18:00:00", "no time zone"),
        ("1654646400", "read as 2022-06-08T00:00:00+00:00"),
    ],
    "quantity-cpu": [
        ("512Mi", "more cores than any machine has"),
        ("4000", "write `4000m`"),
        ("0.0001", "less than a thousandth"),
    ],
    "quantity-memory": [
        ("512m", "`m` is a thousandth; write `512Mi`"),
        ("512", "512 bytes"),
        ("2k", "2,000 bytes"),
    ],
    "regex": [("(a+)+", "very long")],
    "glob": [("[ab", "never closed"), ("^stg_.*$", "looks like a regular expression")],
    "public-endpoint": [
        ("http://0.0.0.0:4317", "every address of this machine"),
        ("http://LOCALHOST", "stands for this machine"),
        ("http://[::1]:80", "stands for this machine"),
        ("http://[fe80::1]", "link-local"),
        ("http://[::ffff:10.0.0.1]", "private network"),
        ("http://2130706433", "stands for this machine"),
        ("http://me:word@10.0.0.1", "keep it in a Secret"),
        ("http://", "names no host"),
    ],
    "http-url": [("https://me:word@a.b", "keep it in a Secret")],
    "source-path": [
        ("../x", "leads out of"),
        ("a/../../b", "leads out of"),
        ("a\\b", "divided by `/`"),
    ],
}

MENDED = {
    "semver": {"1.0": "1.0.0", "1": "1.0.0", "v1.2.3": "1.2.3", " 1.2.3": "1.2.3"},
    "manifest-name": {"My_Platform": "my-platform", "Acme Platform": "acme-platform", "a-": "a"},
    "product-name": {"Customer_360": "customer-360"},
    "model-name": {"stg-orders": "stg_orders", "Stg Orders": "Stg_Orders"},
    "secret-name": {"MySecret": "mysecret"},
    "table-name": {"raw. orders": "raw.orders"},
    "cron": {
        "0 0 6 * * *": "0 6 * * *",
        "0 24 * * *": "0 0 * * *",
        "0 22-2 * * *": "0 22-23,0-2 * * *",
        "@dayly": "@daily",
    },
    "timezone": {"Europe/berlin": "Europe/Berlin", "utc": "UTC", "UTC+2": "Etc/GMT-2"},
    "date": {"31.12.2026": "2026-12-31", "2026/6/1": "2026-06-01", "1654646400": "2022-06-08"},
    "quantity-cpu": {"2 cpus": "2", "1,5": "1.5", "4000": "4000m"},
    "quantity-memory": {"512MB": "512M", "512m": "512Mi", "1 Gi": "1Gi", "512": "512Mi"},
    "registry-uri": {"ghcr.io/acme:1": "oci://ghcr.io/acme", "https://ghcr.io": "oci://ghcr.io"},
    "public-endpoint": {"otel.example.com:4317": "https://otel.example.com:4317"},
    "source-path": {"a\\b": "a/b", " a": "a"},
}

IN_WORDS = {
    "cron": {
        "* * * * *": "every minute",
        "0 6 * * *": "every day at 06:00",
        "@daily": "every day at 00:00",
        "0 * * * *": "every hour",
        "15 * * * *": "every hour at minute 15",
        "*/10 * * * *": "every 10 minutes",
        "5/15 * * * *": "every 15 minutes from minute 5",
        "*/10 8-18 * * 1-5": "every 10 minutes, from 08:00 to 18:59, Monday to Friday",
        "0 */6 * * *": "every 6 hours",
        "0 9-17 * * *": "every hour from 09:00 to 17:00",
        "0 6,18 * * *": "every day at 06:00 and 18:00",
        "0 8 * * 1-5": "Monday to Friday at 08:00",
        "30 2 * * SUN": "every Sunday at 02:30",
        "0 0 * * 6,0": "Saturday and Sunday at 00:00",
        "0 0 * * MON,WED,FRI": "Monday, Wednesday and Friday at 00:00",
        "0 0 1 * *": "on the 1st of the month at 00:00",
        "0 0 1,15 * *": "on the 1st and 15th of the month at 00:00",
        "0 0 2,3,11,12,13,22,23 * *": (
            "on the 2nd, 3rd, 11th, 12th, 13th, 22nd and 23rd of the month at 00:00"
        ),
        "0 0 1 1 *": "on 1 January at 00:00",
        "0 0 1 */3 *": "on the 1st of January, April, July and October at 00:00",
        "0 0 1 6-8 *": "on the 1st of each month from June to August at 00:00",
        "0 0 * 6-8 *": "every day from June to August at 00:00",
        "0 0 */2 * *": "on every 2nd day of the month from the 1st at 00:00",
        "0 0 13 * 5": "on the 13th of the month and every Friday at 00:00",
        "0 0 L * *": "on the last day of the month at 00:00",
        "0 9 * * 1#2": "on the 2nd Monday of the month at 09:00",
        "0 9 * * L5": "on the last Friday of the month at 09:00",
        "*/7 * * * *": "at minutes 0, 7, 14, 21, 28, 35, 42, 49 and 56 of every hour",
    },
    "quantity-cpu": {"500m": "0.5 cores", "1": "1 core", "2000m": "2 cores"},
    "quantity-memory": {
        "512Mi": "512 mebibytes",
        "1Gi": "1 gibibyte",
        "1.5Gi": "1.5 gibibytes",
        "128974848": "128,974,848 bytes (123 mebibytes)",
        "1e9": "1,000,000,000 bytes (about 953.7 mebibytes)",
    },
    "date": {"2026-06-01": "Monday, 1 June 2026"},
    "datetime": {"2026-06-01T10:00:00Z": "Monday, 1 June 2026, 10:00 UTC"},
}

forms = st.sampled_from(sorted(FORMATS))


T = TypeVar("T")


def _cases(table: dict[str, list[T]]) -> list[tuple[str, T]]:
    return [(name, case) for name, cases in table.items() for case in cases]


@pytest.mark.parametrize(("name", "text"), _cases(RIGHT))
def test_a_right_text_passes(name: str, text: str) -> None:
    assert FORMATS[name].check(text) is None


@pytest.mark.parametrize(("name", "case"), _cases(WRONG))
def test_a_wrong_text_is_told_what_is_wrong(name: str, case: tuple[str, str]) -> None:
    text, words = case
    message = FORMATS[name].check(text)
    assert message is not None
    assert words in message


@pytest.mark.parametrize(("name", "case"), _cases(DOUBTFUL))
def test_a_doubtful_text_passes_and_is_doubted(name: str, case: tuple[str, str]) -> None:
    text, words = case
    form = FORMATS[name]
    assert form.check(text) is None
    assert form.doubt is not None
    message = form.doubt(text)
    assert message is not None
    assert words in message


@pytest.mark.parametrize("text", ["(a+)", r"(\+)*", "([A-Za-z0-9+/]{4})*", "([]*]x)+", "(a)+(b+)"])
def test_a_repetition_that_is_not_repeated_is_not_doubted(text: str) -> None:
    doubt = FORMATS["regex"].doubt
    assert doubt is not None
    assert doubt(text) is None


@pytest.mark.parametrize(("name", "pairs"), MENDED.items())
def test_what_was_surely_meant_is_offered(name: str, pairs: dict[str, str]) -> None:
    suggest = FORMATS[name].suggest
    assert suggest is not None
    assert {text: suggest(text) for text in pairs} == pairs


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("semver", "1.2.3-rc1"),
        ("semver", "1.2.3.4"),
        ("manifest-name", "floe"),
        ("product-name", "360"),
        ("cron", "5 30 6 * * *"),
        ("timezone", "IST"),
        ("timezone", "+05:30"),
        ("date", "01/02/2026"),
        ("quantity-memory", "10 potatoes"),
        ("public-endpoint", "http://localhost"),
        ("registry-uri", "ftp://ghcr.io/x"),
    ],
)
def test_nothing_is_offered_where_it_is_not_sure_what_was_meant(name: str, text: str) -> None:
    suggest = FORMATS[name].suggest
    assert suggest is not None
    assert suggest(text) is None


@pytest.mark.parametrize(("name", "pairs"), IN_WORDS.items())
def test_a_right_text_is_read_out_in_words(name: str, pairs: dict[str, str]) -> None:
    meaning = FORMATS[name].meaning
    assert meaning is not None
    assert {text: meaning(text) for text in pairs} == pairs


@pytest.mark.parametrize("form", FORMATS.values(), ids=list(FORMATS))
def test_every_form_has_examples_that_are_right_and_undoubted(form: Format) -> None:
    assert form.examples
    for example in form.examples:
        assert form.check(example) is None
        assert form.doubt is None or form.doubt(example) is None


@pytest.mark.parametrize("form", FORMATS.values(), ids=list(FORMATS))
def test_every_form_is_tried_here_and_says_what_it_is(form: Format) -> None:
    assert RIGHT[form.name]
    assert WRONG[form.name]
    assert form.title[0].islower()
    assert not form.title.endswith(".")
    assert form.code.count("/") == 1


def test_what_floe_never_checks_is_no_error() -> None:
    milder = {f.name for f in FORMATS.values() if f.severity[Dialect.V1] is not Severity.ERROR}
    assert milder == {"cron", "timezone", "quantity-cpu", "quantity-memory", "glob", "url"}


@pytest.mark.parametrize(("name", "case"), [*_cases(WRONG), *_cases(DOUBTFUL)])
def test_a_message_is_whole_sentences_on_one_line(name: str, case: tuple[str, str]) -> None:
    form = FORMATS[name]
    message = form.check(case[0]) or (form.doubt and form.doubt(case[0]))
    assert message
    assert message.endswith((".", "?"))
    assert message[0] in "`§" or not message[0].islower() or message.startswith("floe")
    assert "\n" not in message


def test_a_password_in_an_address_is_in_no_message() -> None:
    for name in ("url", "http-url", "public-endpoint", "registry-uri", "source-path"):
        form = FORMATS[name]
        for text in (
            "https://me:hunter2@[a",
            "https://me:hunter2@a b",
            "ftp://me:hunter2@a",
            "http://10.0.0.1:hunter2@a",
            "oci://me:hunter2@a/x",
            "s3://me:hunter2@a",
        ):
            for message in (form.check(text), form.doubt and form.doubt(text)):
                assert "hunter2" not in (message or "")


def test_every_text_here_has_the_verdict_of_floes_own_code() -> None:
    asked = [
        (name, text)
        for table in (RIGHT, {n: [t for t, _ in cases] for n, cases in WRONG.items()}, DOUBTFUL)
        for name, texts in table.items()
        if name in ORACLES
        for text in (case if isinstance(case, str) else case[0] for case in texts)
    ]
    run = subprocess.run(
        [oracle(), "-W", "ignore", "-c", ORACLE_PROGRAM],
        input=json.dumps([(ORACLES[name], text) for name, text in asked]),
        capture_output=True,
        text=True,
        check=True,
    )
    ours = {case: FORMATS[case[0]].check(case[1]) is None for case in asked}
    assert ours == dict(zip(asked, json.loads(run.stdout), strict=True))


_SOURCE = (
    "IngestionSourceSpec(**{{**dict(name='a', sourceType='filesystem', format='csv', path='a', "
    "destinationTable='a.b'), {0!r}: text}})"
)
ORACLES = {
    "semver": "FloeMetadata(name='a', version=text)",
    "manifest-name": "ManifestMetadata(name=text, version='1.0.0', owner='x')",
    "product-name": "FloeMetadata(name=text, version='1.0.0')",
    "model-name": "TransformSpec(name=text)",
    "source-name": _SOURCE.format("name"),
    "environment-name": "EnvironmentConfig(name=text, gates={})",
    "secret-name": "DestinationConfig(name='a', sink_type='b', connection_secret_ref=text)",
    "table-name": _SOURCE.format("destinationTable"),
    "date": "PolicyOverride(pattern='a', action='exclude', reason='r', expires=text)",
    "datetime": "EnvironmentLock(locked=True, locked_at=text)",
    "regex": "NamingConfig(pattern='custom', custom_patterns=[text])",
    "safe-regex": "validate_custom_patterns([text])",
    "subject-regex": "TrustedIssuer(issuer='https://a.b', subject_regex=text)",
    "registry-uri": "RegistryConfig(uri=text, auth={'type': 'anonymous'})",
    "public-endpoint": "TracingManifestConfig(endpoint=text)",
    "http-url": "TrustedIssuer(issuer=text, subject='x')",
    "source-path": _SOURCE.format("path"),
}
"""By form, what floe's own code does with a text; the other forms it does not look at."""

ORACLE_PROGRAM = """
import json, sys
from floe_core.enforcement.patterns import InvalidPatternError, validate_custom_patterns
from floe_core.schemas.floe_spec import *
from floe_core.schemas.floe_spec import FloeMetadata, IngestionSourceSpec
from floe_core.schemas.governance import NamingConfig, PolicyOverride
from floe_core.schemas.manifest import TracingManifestConfig
from floe_core.schemas.metadata import ManifestMetadata
from floe_core.schemas.oci import RegistryConfig
from floe_core.schemas.promotion import EnvironmentConfig, EnvironmentLock
from floe_core.schemas.signing import TrustedIssuer

def accepts(program, text):
    try:
        eval(program)
    except (ValueError, OverflowError, InvalidPatternError):
        return False
    return True

print(json.dumps([accepts(program, text) for program, text in json.load(sys.stdin)]))
"""


@given(forms, st.text(max_size=40))
def test_any_text_gets_an_answer(name: str, text: str) -> None:
    _ask(FORMATS[name], text)


@given(forms, st.text(alphabet="0123456789.:/@*-+,()[]{}|\\^$ #?LWMoGimeE\n\ud800٣ä", max_size=25))
def test_any_text_of_telling_characters_gets_an_answer(name: str, text: str) -> None:
    _ask(FORMATS[name], text)


@given(st.lists(st.text(alphabet="0123456789*/,-LMONJAN#?", max_size=6), min_size=5, max_size=6))
def test_any_five_fields_get_an_answer(fields: list[str]) -> None:
    _ask(FORMATS["cron"], " ".join(fields))


def _ask(form: Format, text: str) -> None:
    wrong = form.check(text)
    if wrong is None and form.doubt:
        form.doubt(text)
    meaning = form.meaning(text) if form.meaning else None
    assert wrong is None or meaning is None
    mended = form.suggest(text) if form.suggest else None
    if mended is not None:
        assert mended != text
        assert form.check(mended) is None


def test_the_time_zones_are_those_of_tzdata() -> None:
    if importlib.util.find_spec("tzdata") is None or version("tzdata") != RELEASE:
        pytest.skip(f"the names are of tzdata {RELEASE}: pip install tzdata=={RELEASE}")
    path = REPOSITORY / "scripts" / "timezones.py"
    written = (REPOSITORY / "server" / "floe_ls" / "schema" / "timezones.py").read_text("utf-8")
    program = f"import runpy; print(runpy.run_path({str(path)!r})['module'](), end='')"
    made = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert written == made.stdout, "stale: python scripts/timezones.py"


def test_the_time_zones_have_the_usual_ones_and_no_placeholder() -> None:
    assert {"UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"} <= set(ZONES)
    assert "Factory" not in ZONES
