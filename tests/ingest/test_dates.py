"""Dates: every form, the order of day and month, zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.errors import ParameterError
from regulars.ingest import dates
from regulars.ingest.date_words import read_date
from regulars.ingest.zones import localize

EPOCH = datetime(1970, 1, 1)


def kernel(texts: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    raw = "".join(texts).encode() + bytes(8)
    sizes = [len(t.encode()) for t in texts]
    ends = np.cumsum(sizes).astype(np.int64)
    value, form, tally = np.zeros(len(texts), np.int64), np.zeros(len(texts), np.int8), np.zeros(5, np.int64)
    dates.parse_dates(np.frombuffer(raw, np.uint8), ends - np.array(sizes), ends, value, form, tally)
    return value, form, tally


def moment(text: str) -> datetime | str:
    """The kernel's reading, or that of the slow way; a word when there is none."""
    value, form, _ = kernel([text])
    v, f = int(value[0]), int(form[0])
    if f in (dates.BAD,) or f >= dates.LAST_DAY:
        v, f = read_date(text)
    if f < 0:
        return {dates.BAD: "bad", dates.EMPTY: "empty", dates.RANGE: "range"}[f]
    found = EPOCH + timedelta(seconds=v)
    return found.replace(tzinfo=UTC) if f == dates.INSTANT else found


DAY, MINUTE, SECOND = datetime(2024, 1, 5), datetime(2024, 1, 5, 13, 2), datetime(2024, 1, 5, 13, 2, 11)
UTC_SECOND = SECOND.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-01-05", DAY),
        ("2024/1/5", DAY),
        ("2024.01.05", DAY),
        ("20240105", DAY),
        ("2024年1月5日", DAY),
        ("2024年01月05号", DAY),
        ("2024/1/5 13:02", MINUTE),
        ("2024-01-05 13:02:11", SECOND),
        ("2024-01-05T13:02:11", SECOND),
        ("2024-01-05 13:02:11.123456", SECOND),
        ("2024年1月5日 13:02", MINUTE),
        ("2024年1月5日13:02", MINUTE),
        ("2024年1月5日 13时02分", MINUTE),
        ("2024年1月5日13点02分11秒", SECOND),
        ("2024年1月5日 下午1:02", MINUTE),
        ("2024-1-5 下午 1:02:11", SECOND),
        ("2024-1-5 凌晨1:02", datetime(2024, 1, 5, 1, 2)),
        ("2024-1-5 中午12:30", datetime(2024, 1, 5, 12, 30)),
        ("2024-01-05 1:02 PM", MINUTE),
        ("2024-01-05 12:00 AM", DAY),
        ("20240105130211", SECOND),
        ("202401051302", MINUTE),
        ("20240105 13:02", MINUTE),
        ("20240105T13:02:11Z", UTC_SECOND),
        ("45296", DAY),
        ("45296.5", datetime(2024, 1, 5, 12)),
        ("45296.543182870", SECOND),
        ("1704459731", UTC_SECOND),
        ("1704459731000", UTC_SECOND),
        ("1704459731.5", UTC_SECOND),
        ("1704459731000000", UTC_SECOND),
        ("2024-01-05T13:02:11Z", UTC_SECOND),
        ("2024-01-05 21:02:11 +0800", UTC_SECOND),
        ("2024-01-05T21:02:11+08:00", UTC_SECOND),
        ("2024-01-05 08:02:11-05", UTC_SECOND),
        ("2024-01-05 13:02:11 UTC", UTC_SECOND),
        ("2024-01-05T21:02:11.000+08:00[Asia/Shanghai]", UTC_SECOND),
        ("Jan 5, 2024", DAY),
        ("January 5th, 2024", DAY),
        ("5-Jan-24", DAY),
        ("5 Jan 2024 13:02", MINUTE),
        ("Fri, 05 Jan 2024 13:02:11 GMT", UTC_SECOND),
        ("2024-Jan-05", DAY),
        ("2024-01-05 星期五", DAY),
        ("2024-01-05(周五) 13:02", MINUTE),
        ("２０２４－０１－０５", DAY),
        ("1/25/2024, 1:02 PM", datetime(2024, 1, 25, 13, 2)),
        ("25/1/2024", datetime(2024, 1, 25)),
        ("05.01.2024", DAY),
        ("13/01/2024 10:00:00 +08:00", datetime(2024, 1, 13, 2, tzinfo=UTC)),
        ("2024-01-05 24:00", datetime(2024, 1, 6)),
        ("2024-01-05 13:02:60", datetime(2024, 1, 5, 13, 2, 59)),
    ],
)
def test_dates_people_write(text, expected):
    assert moment(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2011-13-45",
        "2024-02-30",
        "2023-02-29",
        "1900-02-29",
        "20241301",
        "2024-1",
        "12:30",
        "abc",
        "1.2.3.4",
        "2024-01-05x",
        "2024-01-05 25:00",
        "2024-01-05 13:60",
        "1",
        "123456",
        "2024年1月",
        "2024-01-05 13",
        "05/01/2024",
        "24-01-05",
        "Foo 5, 2024",
        "2024-01-05 13:02 PM",
    ],
)
def test_what_is_no_date_is_not_made_one(text):
    assert moment(text) == "bad"


@pytest.mark.parametrize("text", ["0024-01-05", "0024/1/5", "1899-12-31", "2200-01-01", "05/01/0024"])
def test_impossible_years_are_told_apart(text):
    assert moment(text) == "range"


@settings(max_examples=500, deadline=None)
@given(
    st.datetimes(datetime(1901, 1, 1), datetime(2150, 1, 1)),
    st.sampled_from(
        [
            "%Y-%m-%d %H:%M:%S",
            "%Y/%m/%d %H:%M:%S",
            "%Y%m%d%H%M%S",
            "%Y-%m-%dT%H:%M:%S",
            "%Y年%m月%d日 %H:%M:%S",
            "%d %b %Y %H:%M:%S",
        ]
    ),
)
def test_kernel_agrees_with_datetime(when, pattern):
    assert moment(when.strftime(pattern)) == when.replace(microsecond=0)


@settings(max_examples=300, deadline=None)
@given(
    st.dates(date(1901, 1, 1), date(2150, 1, 1)), st.sampled_from(["dmy", "mdy"]), st.sampled_from("/-."), st.booleans()
)
def test_open_dates_are_read_in_the_given_order(when, order, sign, padded):
    parts = {"d": when.day, "m": when.month}
    text = sign.join([f"{parts[p]:02}" if padded else str(parts[p]) for p in order[:2]] + [str(when.year)])
    value, form, tally = kernel([text])
    assert order in dates.possible_orders(tally) or sign == "."
    dates.settle_dates(value, form, order)
    assert form[0] == dates.DAY
    assert EPOCH + timedelta(seconds=int(value[0])) == datetime(when.year, when.month, when.day)


@pytest.mark.parametrize(
    ("texts", "orders"),
    [
        (["13/01/2024", "05/01/2024"], ["dmy"]),
        (["01/13/2024", "05/01/2024"], ["mdy"]),
        (["05/01/2024", "06/02/2024"], ["dmy", "mdy"]),
        (["05.01.2024", "06.02.2024"], ["dmy"]),
        (["13/01/2024", "01/13/2024"], []),
        (["13/01/2024"] * 200 + ["01/13/2024"], ["dmy"]),
        (["24/01/05", "24/01/31"], ["dmy", "ymd"]),
        (["24/01/35"], ["dmy"]),
        (["24/13/05"], []),
        (["1/5/24"], ["dmy", "mdy"]),
        (["32/1/05"], ["ymd"]),
    ],
)
def test_order_is_decided_by_evidence(texts, orders):
    assert sorted(dates.possible_orders(kernel(texts)[2])) == sorted(orders)


def test_two_digit_years():
    for text, order, expected in (
        ("05/01/24", "dmy", DAY),
        ("01/05/24", "mdy", DAY),
        ("24-01-05", "ymd", DAY),
        ("05/01/71", "dmy", datetime(1971, 1, 5)),
    ):
        value, form, _ = kernel([text])
        dates.settle_dates(value, form, order)
        assert form[0] == dates.DAY
        assert EPOCH + timedelta(seconds=int(value[0])) == expected


def test_a_slip_against_the_order_of_the_column_is_no_date():
    value, form, _ = kernel(["01/13/2024", "05/01/2024"])
    dates.settle_dates(value, form, "dmy")
    assert form.tolist() == [dates.BAD, dates.DAY]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.integers(0, 4_000_000_000), min_size=1, max_size=20),
    st.sampled_from(
        ["Asia/Shanghai", "Europe/London", "America/New_York", "UTC", "Asia/Kathmandu", "Australia/Lord_Howe"]
    ),
)
def test_instants_fall_on_the_business_day(seconds, name):
    value, form = np.array(seconds, np.int64), np.full(len(seconds), dates.INSTANT, np.int8)
    day, key = localize(value, form, name)
    expected = [
        (datetime.fromtimestamp(s, UTC).astimezone(ZoneInfo(name)).date() - date(1970, 1, 1)).days for s in seconds
    ]
    assert day.tolist() == expected
    assert key.tolist() == seconds


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.datetimes(datetime(1971, 1, 1), datetime(2090, 1, 1)), min_size=1, max_size=20),
    st.sampled_from(["Asia/Shanghai", "Europe/London", "America/New_York", "Australia/Lord_Howe"]),
)
def test_civil_times_get_the_instant_that_zoneinfo_gives(whens, name):
    whens = [w.replace(microsecond=0, fold=0) for w in whens]  # the earlier offset, as documented
    value = np.array([int((w - EPOCH).total_seconds()) for w in whens], np.int64)
    day, key = localize(value, np.full(len(whens), dates.LOCAL, np.int8), name)
    assert key.tolist() == [int(w.replace(tzinfo=ZoneInfo(name)).timestamp()) for w in whens]
    assert day.tolist() == [(w.date() - date(1970, 1, 1)).days for w in whens]


def test_clock_changes_read_times_with_the_earlier_offset():
    zone = ZoneInfo("Europe/London")
    for text in ("2024-03-31 01:30:00", "2024-10-27 01:30:00"):
        when = datetime.fromisoformat(text)
        value = np.array([int((when - EPOCH).total_seconds())], np.int64)
        _, key = localize(value, np.array([dates.LOCAL], np.int8), "Europe/London")
        assert key[0] == int(when.replace(tzinfo=zone, fold=0).timestamp())


def test_unknown_zone_is_a_parameter_error():
    with pytest.raises(ParameterError) as caught:
        localize(np.zeros(1, np.int64), np.zeros(1, np.int8), "Asia/Nowhere")
    assert caught.value.code == "unknown_timezone"
