"""The tokeniser against Python's csv module, and where that one gives up."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.ingest import tokens
from regulars.ingest.tokens import LineTooLong, read_column, read_stretch


def cells(text: str | bytes, columns: int, delimiter: str = ",", begin: int = 0, limit: int | None = None):
    """(rows of cells, faults, line offsets, next position)."""
    raw = text.encode() if isinstance(text, str) else text
    data = np.frombuffer(raw, np.uint8)
    limit = len(raw) if limit is None else limit
    s = read_stretch(
        data,
        begin,
        limit,
        len(raw),
        delimiter=delimiter,
        quoting=delimiter != " ",
        columns=columns,
        wanted=list(range(columns)),
    )
    rows = [
        [
            raw[s.start[c, r] : s.stop[c, r]].decode().replace('""', '"')
            if s.escaped[c, r]
            else raw[s.start[c, r] : s.stop[c, r]].decode()
            for c in range(columns)
        ]
        for r in range(s.fault.size)
    ]
    return rows, s.fault.tolist(), s.line.tolist(), s.next


CELL = st.text(alphabet='ab1,"\n;商 ', max_size=8)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=12),
    st.sampled_from([",", "\t", ";"]),
    st.booleans(),
)
def test_reads_what_csv_writes(rows, delimiter, everything_quoted):
    out = io.StringIO()
    quoting = csv.QUOTE_ALL if everything_quoted else csv.QUOTE_MINIMAL
    csv.writer(out, delimiter=delimiter, lineterminator="\n", quoting=quoting).writerows(rows)
    found, faults, lines, _ = cells(out.getvalue(), 3, delimiter)
    assert found == [[cell.strip(" \n") for cell in row] for row in rows]
    assert lines == [sum(cell.count("\n") for row in rows[:i] for cell in row) + i for i in range(len(rows))]
    assert faults == [tokens.FINE if any(cell.strip(" \n") for cell in row) else tokens.BLANK for row in rows]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(CELL, min_size=2, max_size=2), min_size=2, max_size=12), st.data())
def test_stretches_join_at_row_ends(rows, data):
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    text = out.getvalue().encode()
    whole, *_ = cells(text, 2)
    cut = data.draw(st.integers(0, len(text)))
    first, _, _, position = cells(text, 2, limit=cut)
    second, _, _, end = cells(text, 2, begin=position)
    assert first + second == whole
    assert end == len(text)


def test_ragged_and_blank_rows():
    rows, faults, lines, _ = cells("a,b,c\n\n1,2\n1,2,3,\n1,2,3,4\n,,\n  \nx", 3)
    assert rows == [
        ["a", "b", "c"],
        ["", "", ""],
        ["1", "2", ""],
        ["1", "2", "3"],
        ["1", "2", "3"],
        ["", "", ""],
        ["", "", ""],
        ["x", "", ""],
    ]
    fine, blank, many = tokens.FINE, tokens.BLANK, tokens.TOO_MANY
    assert faults == [fine, blank, fine, fine, many, blank, blank, fine]
    assert lines == list(range(8))


def test_cells_are_trimmed_of_blanks_and_of_what_keeps_excel_away():
    text = '  a , "b " ,\u3000c\u00a0,="00123",\'0045,"=""7""",\ufeffd\u200b\n'
    rows, *_ = cells(text, 7)
    assert rows == [["a", '"b "', "c", "00123", "0045", "7", "d"]]


def test_runs_of_blanks():
    rows, faults, *_ = cells(" 00001 19970101  1   11.77\r\n 2\t3 4  5  \r\n\r\n", 4, " ")
    assert rows == [["00001", "19970101", "1", "11.77"], ["2", "3", "4", "5"], ["", "", "", ""]]
    assert faults == [0, 0, tokens.BLANK]


def test_stray_quotation_marks_are_characters():
    rows, *_ = cells('a,5" pipe,c\n"b",x"y,"z"\n"never closed,1,2\nlast,1,2\n', 3)
    assert rows == [["a", '5" pipe', "c"], ["b", 'x"y', "z"], ['"never closed', "1", "2"], ["last", "1", "2"]]


def test_windows_of_signs_do_not_matter():
    long = "x" * 40_000
    rows, *_ = cells(f'{long},"{long}\n{long}",1\na,b,c\n', 3)
    assert [len(cell) for cell in rows[0]] == [40_000, 80_001, 1]
    assert rows[1] == ["a", "b", "c"]


def test_one_column_of_some_rows():
    raw = 'a,b,c\n1,"2,""5",面\n\nx,y\n'.encode()
    data = np.frombuffer(raw, np.uint8)
    begins, ends = np.array([0, 6, 20, 21]), np.array([5, 19, 20, 24])
    for column, expected in enumerate([["a", "1", "", "x"], ["b", '2,""5', "", "y"], ["c", "面", "", ""]]):
        start, stop, escaped = read_column(data, begins, ends, delimiter=",", quoting=True, columns=3, column=column)
        assert [raw[a:z].decode() for a, z in zip(start, stop, strict=True)] == expected
        assert escaped.tolist() == [0, int(column == 1), 0, 0]


def test_a_line_without_end_is_refused():
    data = np.frombuffer(b"a,b\n" + b"x" * (tokens.MAX_LINE + 1), np.uint8)
    with pytest.raises(LineTooLong) as caught:
        read_stretch(data, 0, data.size, data.size, delimiter=",", quoting=True, columns=2, wanted=[0])
    assert caught.value.at == 4
