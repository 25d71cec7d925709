"""report.html: one file, no requests, safe whatever the data hold, small enough."""

import json
import re
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pytest

from regulars.engine.definitions import REGISTRY
from regulars.errors import OutputError
from regulars.report.html import render_html, write_html
from regulars.report.html_embed import content_policy, json_block, safe_style
from regulars.report.html_page import page_of
from tests.report import sample
from tests.report.stories import told

FRONTEND = Path(__file__).resolve().parents[2] / "frontend"
POLYGLOT = "\"'--></script><img src=x onerror=alert(1)><!--${7*7}{{7*7}}\u2028=1+1"
LARGEST = 3_000_000
DATA_BLOCK = re.compile(r'(<script type="application/json" id="data">)(.*?)(</script>)', re.S)


@pytest.fixture(scope="module")
def report():
    return render_html(sample.good())


def data_of(html):
    return json.loads(DATA_BLOCK.search(html).group(2))


@pytest.mark.parametrize("name", ["good", "young", "tiny", "bare"])
def test_a_report_is_written_in_both_languages(tmp_path, name):
    target = tmp_path / "report.html"
    write_html(getattr(sample, name)(), target)
    html = target.read_text(encoding="utf-8")
    assert html.startswith("<!doctype html>")
    assert '<html lang="zh-Hans" data-lang="zh"' in html
    assert '<template id="page-en">' in html
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_the_language_on_top_is_the_one_asked_for(report):
    english = render_html(sample.good(), lang="en")
    assert '<template id="page-zh">' in english
    assert data_of(english)["lang"] == "en"
    assert "<h1>青禾茶铺的客户</h1>" in report


def test_a_title_can_be_given(tmp_path):
    html = render_html(sample.good(), title="山雀 & Söhne <1>")
    assert "<h1>山雀 &amp; Söhne &lt;1&gt;</h1>" in html
    assert "<title>山雀 &amp; Söhne &lt;1&gt;</title>" in html


def test_nothing_is_fetched_from_anywhere(report):
    markup = re.sub(r"<script.*?</script>|<style.*?</style>", "", report, flags=re.S)
    assert not re.search(r"(?:src|href|action|srcset|poster|data)\s*=\s*[\"']?(?:https?:)?//", markup)
    assert "url(" not in re.search(r"<style>(.*?)</style>", report, re.S).group(1)
    assert "@import" not in report


def test_only_the_two_own_scripts_may_run(report):
    scripts = re.findall(r"<script>(.*?)</script>", report, re.S)
    assert len(scripts) == 2
    assert content_policy(scripts[1], scripts[0]) in report.replace("&#39;", "'")
    assert "default-src 'none'" in report.replace("&#39;", "'")
    assert not re.search(r"<[a-z][^>]*\son\w+=", re.sub(r"<script.*?</script>", "", report, flags=re.S))


def with_polyglot():
    good = sample.good()
    summary = json.loads(json.dumps(good.summary))
    summary["title"] = POLYGLOT
    summary["sources"] = [POLYGLOT]
    summary["timezone"] = POLYGLOT
    for part, key in (("products", "product"), ("channels", "name"), ("campaigns", "name")):
        summary[part]["rows"][0][key] = POLYGLOT
    summary["products"]["rows"][0]["category"] = POLYGLOT
    summary["quality"]["rejected_reasons"] = [{"reason": POLYGLOT, "rows": 1}]
    summary["quality"]["warnings"] = [{"code": "x", "message": POLYGLOT}]
    rows = good.contacts.to_pylist()
    rows[0] |= {"name": POLYGLOT, "customer_id": POLYGLOT}
    return sample.SampleAnalysis(summary, pa.Table.from_pylist(rows, good.contacts.schema))


def test_no_text_of_the_data_becomes_markup():
    html = render_html(with_polyglot())
    markup = re.sub(r"<script.*?</script>", "", html, flags=re.S)
    assert "<img" not in markup
    assert html.count("</script>") == html.count("<script")
    assert data_of(html)["contacts"][0]["csv"][1] == POLYGLOT
    assert "\u2028" not in html.replace(POLYGLOT, "") or "\\u2028" in html


def test_json_cannot_leave_its_element():
    block = json_block({"a": "</script><!--\u2029&"})
    assert not set("<>&\u2029") & set(block)
    assert json.loads(block) == {"a": "</script><!--\u2029&"}


def test_not_a_number_is_no_figure():
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_block({"a": float("nan")})


def test_a_style_that_ends_its_element_is_refused():
    with pytest.raises(ValueError, match="holds"):
        safe_style("a{content:'</style>'}")


def test_ids_are_single_within_a_page(report):
    for page in (
        re.sub(r"<template.*?</template>", "", report, flags=re.S),
        re.search(r"<template.*?</template>", report, re.S).group(0),
    ):
        ids = re.findall(r'\sid="([^"]+)"', re.sub(r"<script.*?</script>", "", page, flags=re.S))
        assert len(ids) == len(set(ids))


def test_every_chart_has_a_figure_a_table_and_a_name(report):
    figures = data_of(report)["pages"]["zh"]["figures"]
    page = re.sub(r"<template.*?</template>", "", report, flags=re.S)
    charts = re.findall(r'data-chart="([^"]+)" style="height:\d+px" role="img" aria-label="([^"]+)"', page)
    assert {key for key, _ in charts} == set(figures)
    for key, label in charts:
        assert figures[key]["title"] in label.replace("&#39;", "'").replace("&amp;", "&")
        assert f'id="twin-{key}"' in page


def test_both_languages_draw_the_same_figures(report):
    pages = data_of(report)["pages"]
    assert list(pages["zh"]["figures"]) == list(pages["en"]["figures"])
    assert pages["zh"]["words"].keys() == pages["en"]["words"].keys()


def test_every_definition_a_figure_leans_on_is_in_the_registry():
    page = page_of(told({}), None)
    used = {use.key for chapter in page.chapters for card in chapter.cards for use in card.uses}
    assert used <= set(REGISTRY)
    assert len(used) > 25


def test_definitions_hold_the_numbers_of_this_page(report):
    entries = data_of(report)["pages"]["en"]["definitions"]["movement"]
    bridge = sample.good().summary["bridge"]["window"]
    assert entries[0]["here"] == [
        ["here", f"{bridge['S']:,} − {bridge['lost']} + {bridge['reactivated']} + {bridge['N']} = {bridge['E']:,}"]
    ]
    assert entries[0]["formula"] == "E = S + N + Ra − L"
    assert ["Window", "365 days"] in entries[0]["rules"]


def heaviest():
    """As much as a report embeds: 1,000 contacts with 60 purchase days, 200 products, 2,000 points, three years."""
    good = sample.good(3400)
    summary = json.loads(json.dumps(good.summary))
    product = summary["products"]["rows"][0]
    summary["products"] = {
        "total": 9000,
        "rows": [{**product, "product": f"{product['product']} {i}"} for i in range(200)],
    }
    point = [17, 123.45, "d"]
    summary["quadrants"]["points"] = [point] * 2000
    row = good.contacts.to_pylist()[0] | {
        "purchases_recent": list(range(300, 240, -1)),
        "amounts_recent": [123.45] * 60,
    }
    return sample.SampleAnalysis(summary, pa.Table.from_pylist([row] * 1000, good.contacts.schema))


def test_the_heaviest_report_stays_under_three_megabytes():
    assert len(render_html(heaviest()).encode()) < LARGEST


def test_only_the_first_thousand_contacts_are_embedded():
    heavy = heaviest()
    more = sample.SampleAnalysis(heavy.summary, pa.concat_tables([heavy.contacts, heavy.contacts]))
    assert len(data_of(render_html(more))["contacts"]) == 1000


def test_a_folder_that_is_not_there_is_an_output_error(tmp_path):
    with pytest.raises(OutputError) as error:
        write_html(sample.bare(), tmp_path / "nowhere" / "report.html")
    assert error.value.code == "output_not_writable"


def test_a_failed_write_leaves_the_old_report_alone(tmp_path, monkeypatch):
    target = tmp_path / "report.html"
    target.write_text("old")

    def full(*_args, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OutputError) as error:
        write_html(sample.bare(), target)
    assert error.value.code == "disk_full"
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    assert target.read_bytes() == b"old"


def test_what_is_committed_was_built_from_these_sources():
    names = ["package.json", "package-lock.json"]
    folders = ("charts", "report", "app", "app/areas", "app/numbers", "app/styles")
    names += [f"{folder}/{p.name}" for folder in folders for p in (FRONTEND / folder).iterdir() if p.is_file()]
    digest = sha256()
    for name in sorted(names):
        digest.update(name.encode())
        digest.update((FRONTEND / name).read_bytes())
    assert digest.hexdigest() == (FRONTEND / "built.sha256").read_text().strip(), "run: npm run build in frontend/"


def test_the_lock_file_names_no_address():
    assert "resolved" not in (FRONTEND / "package-lock.json").read_text()
