"""Tables: raw values beside written ones, formulas disarmed, hatches named, long ones folded."""

import re

from markupsafe import Markup

from regulars.charts.drawing import Column, Table
from regulars.charts.reader import Reader
from regulars.report.html_tables import Shown, rate_with_interval, table_html

READER = Reader("zh", "CNY")
COLUMNS = (Column("name", "名"), Column("n", "数", "count"), Column("m", "额", "money"), Column("e", "均", "each"))


def rendered(*rows, columns=COLUMNS, **options):
    return str(table_html(Table(columns, rows, options.pop("hatched", frozenset())), READER, caption="表", **options))


def test_what_is_written_short_keeps_its_raw_value():
    html = rendered(("甲", 12_345, 1_677_914.0, 37.456))
    assert '<td class="r" data-v="12345">12,345</td>' in html
    assert '<td class="r" data-v="1677914">¥167.8万</td>' in html
    assert '<td class="r" data-v="37.456">¥37.46</td>' in html


def test_absent_is_a_dash_and_nothing_in_csv():
    assert '<td class="r" data-v="">–</td>' in rendered(("甲", None, 1.0, 2.0))


def test_a_formula_is_shown_as_it_is_and_disarmed_for_csv():
    html = rendered(("=1+2|<b>", 1, 1.0, 1.0))
    assert '<th scope="row" data-v="\'=1+2|&lt;b&gt;">=1+2|&lt;b&gt;</th>'.replace("'", "&#39;") in html
    assert "<b>" not in html


def test_amounts_per_head_of_one_column_have_the_same_places():
    small = rendered(("甲", 1, 1.0, 427.0), ("乙", 1, 1.0, 15.5))
    assert re.findall(r">(¥[\d,.]+)</td></tr>", small) == ["¥427.00", "¥15.50"]
    large = rendered(("甲", 1, 1.0, 4270.0), ("乙", 1, 1.0, 15.5))
    assert re.findall(r">(¥[\d,.]+)</td></tr>", large) == ["¥4,270", "¥16"]


def test_hatched_rows_say_so():
    html = rendered(("甲", 1, 1.0, 1.0), ("乙", 2, 1.0, 1.0), hatched=frozenset({1}), unobserved="未满观察期")
    assert html.count('class="nf"') == 1
    assert '乙 <span class="chip no">未满观察期</span></th>' in html


def test_long_tables_wait_behind_a_button():
    html = rendered(*((f"客{i}", i, 1.0, 1.0) for i in range(5)), first=3)
    assert html.count("hidden data-more") == 2


def test_a_table_is_named_and_reachable():
    html = rendered(("甲", 1, 1.0, 1.0))
    assert 'tabindex="0" role="region" aria-label="表"' in html
    assert '<caption class="vh">表</caption>' in html
    assert html.count('<th scope="col"') == 4


def test_a_rate_and_its_interval_are_one_cell_and_several_values():
    columns = (Column("name", "名"), Column("rate", "率", "rate", ("自", "至", "n")))
    html = rendered(("甲", rate_with_interval(0.512, 0.491, 0.533, 2184)), columns=columns)
    assert 'data-h="率\t自\t至\tn"' in html
    assert 'data-v="0.512\t0.491\t0.533\t2184">51.2%<span class="ci">49.1–53.3</span>' in html


def test_a_thin_rate_is_its_counts():
    assert str(rate_with_interval(7 / 18, 0.2, 0.6, 18).html) == '7 / 18<span class="ci"></span>'
    assert str(rate_with_interval(None, None, None, 0).html).startswith("–")


def test_shown_cells_are_escaped_where_they_come_from():
    assert "&lt;i&gt;" in rendered(("<i>", 1, 1.0, Shown(Markup("<u>x</u>"), ("x",))))
