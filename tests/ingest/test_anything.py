"""Whatever bytes come: an answer that reconciles, or an error with a hint, never a traceback."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.errors import RegularsError
from tests.ingest.given import read, reconciled

CELLS = st.sampled_from(
    [
        "",
        "A",
        "b",
        "A",
        "王芳",
        "1",
        "2",
        "007",
        "13.0",
        "1,234.50",
        "¥3",
        "$4",
        "(5)",
        "x,y",
        'q"q',
        "2024-01-05",
        "05/06/2024",
        "13/06/2024",
        "20240105",
        "2024-01-05 10:00:00",
        "2024-01-05T10:00:00Z",
        "0024-01-01",
        "合计",
        "total",
        "#",
        "cancelled",
        "待付款",
        "1,2,3",
        "1e3",
        "a\nb",
        " ",
    ]
)
NAMES = st.sampled_from(
    [
        "customer_id",
        "客户编号",
        "order_id",
        "订单号",
        "ordered_at",
        "日期",
        "amount",
        "金额(万元)",
        "order total",
        "quantity",
        "unit price",
        "status",
        "退款金额",
        "refund date",
        "cost",
        "profit",
        "discount",
        "currency",
        "channel",
        "sku",
        "商品名称",
        "category",
        "name",
        "created at",
        "note",
        "",
        "注册时间",
    ]
)
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=8), min_size=0, max_size=14)


def survives(path, **options):
    try:
        found = read(path, max_rejects=1, **options)
    except RegularsError as error:
        assert error.message
        assert error.hint
        assert error.localized("zh")
        return
    assert reconciled(found)
    assert found.orders.num_rows > 0
    found.orders.validate(full=True)
    found.rejects.validate(full=True)
    if found.lines is not None:
        assert sum(found.orders["line_count"].to_pylist()) == found.lines.num_rows


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(NAMES, min_size=1, max_size=8),
    ROWS,
    st.sampled_from(",\t; "),
    st.sampled_from(["utf-8", "gb18030", "utf-16"]),
)
def test_any_table(tmp_path, names, rows, delimiter, encoding):
    text = "\n".join(
        delimiter.join(f'"{c}"' if delimiter in c or "\n" in c else c for c in row) for row in [names, *rows]
    )
    (tmp_path / "o.csv").write_bytes(text.encode(encoding))
    survives(tmp_path / "o.csv", date_order="dmy", ask=lambda question: question.choices[0])


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(st.binary(max_size=600), st.text(max_size=300).map(str.encode)),
    st.sampled_from(["o.csv", "o.xlsx", "o.parquet", "o.gz", "o.zip"]),
)
def test_any_bytes(tmp_path, content, name):
    (tmp_path / name).write_bytes(content)
    survives(tmp_path / name)
    (tmp_path / name).write_bytes(b"customer_id,ordered_at,amount\nA,2024-01-05,3\n" + content)
    survives(tmp_path / name)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.lists(NAMES, min_size=2, max_size=7), ROWS), min_size=2, max_size=3))
def test_any_tables_together(tmp_path, tables):
    paths = []
    for i, (names, rows) in enumerate(tables):
        path = tmp_path / f"{i}.csv"
        path.write_text("\n".join(",".join(f'"{c}"' for c in row) for row in [names, *rows]))
        paths.append(path)
    survives(paths, date_order="mdy", ask=lambda question: question.choices[0])
