"""Filter trees: read, refused with a reason, compiled under rights, written short, read aloud."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from regulars.crm.customers import services
from regulars.crm.customers.errors import FilterError
from regulars.crm.customers.filters import compact, compiling, contradictions, fields, own, reading, tree
from regulars.crm.customers.filters.fields import Registry
from regulars.crm.customers.models import Customer, CustomField


def condition(field, op, value=None):
    return {"field": field, "op": op} | ({} if value is None else {"value": value})


def names(actor, told):
    registry = Registry(actor)
    return set(
        Customer.objects.filter(compiling.compiled(tree.parse(told, registry), registry)).values_list("name", flat=True)
    )


@pytest.fixture
def shop(cast, published):
    """Ann: class A, slipping. Ben: class B. Cleo: never bought."""
    ann = services.register(cast.alice, name="Ann", region="杭州", phone="13800000001", source="小程序")
    ben = services.register(cast.alice, name="Ben", region="上海", kind="organization")
    services.register(cast.alice, name="Cleo", region="")
    services.tag(cast.alice, ann, names=["VIP", "茶"])
    services.tag(cast.alice, ben, names=["茶"])
    services.assign(cast.alice, ben, owner=cast.carol)
    services.follow_up(cast.alice, ann, kind="call", body="ok", next_on=timezone.localdate() + timedelta(days=2))
    services.follow_up(cast.alice, ben, kind="note", body="long ago", happened_at=timezone.now() - timedelta(days=40))
    published(
        [
            (
                ann,
                {
                    "abc": "A",
                    "rhythm": "slipping",
                    "profit_window": 900,
                    "p_alive": 0.4,
                    "orders": 9,
                    "purchase_days": 9,
                },
            ),
            (
                ben,
                {
                    "abc": "B",
                    "rhythm": "on_rhythm",
                    "profit_window": 100,
                    "p_alive": 0.9,
                    "orders": 2,
                    "purchase_days": 2,
                },
            ),
        ]
    )
    return cast


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ({}, {"Ann", "Ben", "Cleo"}),
        ({"all": [condition("region", "is", ["杭州"])]}, {"Ann"}),
        ({"all": [condition("region", "is_not", ["杭州"])]}, {"Ben", "Cleo"}),
        ({"all": [condition("region", "empty")]}, {"Cleo"}),
        ({"all": [condition("name", "contains", "en")]}, {"Ben"}),
        ({"all": [condition("kind", "is", ["organization"])]}, {"Ben"}),
        ({"all": [condition("tag", "is", ["VIP"])]}, {"Ann"}),
        ({"all": [condition("tag", "has_all", ["VIP", "茶"])]}, {"Ann"}),
        ({"all": [condition("tag", "is_not", ["VIP"])]}, {"Ben", "Cleo"}),
        ({"all": [condition("tag", "empty")]}, {"Cleo"}),
        ({"all": [condition("owner", "is", ["me"])]}, {"Ann", "Cleo"}),
        ({"all": [condition("phone", "is", ["+86 138 0000 0001"])]}, {"Ann"}),
        ({"all": [condition("follow_up", "within", 14)]}, {"Ann"}),
        ({"all": [condition("follow_up", "not_within", 14)]}, {"Ben", "Cleo"}),
        ({"all": [condition("follow_up.note", "within", 60)]}, {"Ben"}),
        ({"all": [condition("next_follow_up", "next_days", 3)]}, {"Ann"}),
        ({"all": [condition("created", "last_days", 1)]}, {"Ann", "Ben", "Cleo"}),
        ({"all": [condition("created", "older_days", 1)]}, set()),
        ({"all": [condition("metric.abc", "is", ["A"])]}, {"Ann"}),
        ({"all": [condition("metric.abc", "is_not", ["A"])]}, {"Ben", "Cleo"}),
        ({"all": [condition("metric.orders", "empty")]}, {"Cleo"}),
        ({"all": [condition("metric.profit_window", "between", [50, 200])]}, {"Ben"}),
        ({"any": [condition("metric.p_alive", "below", "0.5"), condition("region", "is", ["上海"])]}, {"Ann", "Ben"}),
        ({"none": [condition("metric.abc", "is", ["A"]), condition("region", "is", ["上海"])]}, {"Cleo"}),
        ({"all": [condition("metric.abc", "is", ["A", "B"]), {"none": [condition("tag", "is", ["VIP"])]}]}, {"Ben"}),
        ({"all": [{"any": [{"all": [{"none": [condition("name", "is", ["Ann"])]}]}]}]}, {"Ben", "Cleo"}),
    ],
)
def test_a_tree_means_what_it_says(shop, told, found):
    assert names(shop.alice, told) == found


@pytest.mark.parametrize(
    "told",
    [
        "not json",
        {"field": "name"},
        {"all": "x"},
        {"all": [], "any": []},
        {"all": [condition("password", "is", ["x"])]},
        {"all": [condition("owner__password", "is", ["x"])]},
        {"all": [condition("name", "regex", ["(a+)+"])]},
        {"all": [condition("name", "__class__", ["x"])]},
        {"all": [condition("name", "is", [{"a": 1}])]},
        {"all": [condition("metric.profit_window", "above", "1 OR 1=1")]},
        {"all": [condition("metric.profit_window", "above", "NaN")]},
        {"all": [condition("metric.profit_window", "above", "1e999")]},
        {"all": [condition("created", "on", "yesterday")]},
        {"all": [condition("metric.abc", "is", ["Z"])]},
        {"all": [condition("follow_up", "within", "9999999999999")]},
        {"all": [condition("name", "is", ["x\0y"])]},
        {"all": [{**condition("name", "is", ["x"]), "extra": 1}]},
        {"all": [{"all": [{"all": [{"all": [{"all": [condition("name", "is", ["x"])]}]}]}]}]},
        {"all": [condition("name", "is", ["x"])] * 51},
        {"all": [condition("name", "is", [str(n) for n in range(201)])]},
    ],
)
def test_what_is_no_filter_is_refused_with_a_reason_in_both_languages(shop, told):
    with pytest.raises(FilterError) as refused:
        tree.parse(told, Registry(shop.alice))
    for lang in ("zh", "en"):
        message, hint = refused.value.localized(lang)
        assert message and hint
        assert "{" not in message


def test_a_masked_field_is_matched_whole_and_never_by_a_part(shop):
    grace = Registry(shop.grace)
    assert names(shop.grace, {"all": [condition("phone", "is", ["13800000001"])]}) == {"Ann"}
    for op in ("contains", "starts"):
        with pytest.raises(FilterError):
            tree.parse({"all": [condition("phone", op, "138")]}, grace)
    assert grace.sortable("phone") is None


def test_numbers_are_no_fields_for_who_may_not_see_them(shop):
    with pytest.raises(FilterError):
        tree.parse({"all": [condition("metric.abc", "is", ["A"])]}, Registry(shop.erin))


def test_the_short_form_gives_the_same_tree_again(shop):
    registry = Registry(shop.alice)
    told = {
        "all": [
            condition("name", "is", ["a,b", "c;d", "(e)~!"]),
            condition("region", "empty"),
            {
                "any": [
                    condition("metric.profit_window", "between", ["1", "2"]),
                    {"none": [condition("tag", "is", ["茶"])]},
                ]
            },
        ]
    }
    made = tree.parse(told, registry)
    assert tree.parse(compact.read(compact.written(made)), registry) == made


@pytest.mark.parametrize(
    "text", ["all(", "all(name", "all(name~is~a", "x", "name~is~a", "all(name~is~a))", "all(" * 60, "a" * 7000]
)
def test_a_damaged_address_is_said_to_be_damaged(text):
    with pytest.raises(FilterError):
        compact.read(text)


def test_a_tree_reads_aloud_in_both_languages(shop):
    registry = Registry(shop.alice)
    told = {
        "all": [condition("metric.profit_window", "at_least", "300"), {"none": [condition("follow_up", "within", 14)]}]
    }
    made = tree.parse(told, registry)
    with translation.override("en"):
        said = reading.sentence(made, registry, "en")
        assert "at least ¥300" in said
        assert "none of (Follow-up within the last 14 days)" in said
    with translation.override("zh-hans"):
        assert "至少 ¥300" in reading.sentence(made, Registry(shop.alice), "zh")
        assert "不含（跟进在近 14 天内）" in reading.sentence(made, Registry(shop.alice), "zh")


@pytest.mark.parametrize(
    ("first", "second", "clash"),
    [
        (condition("metric.abc", "is", ["A"]), condition("metric.abc", "is", ["B"]), True),
        (condition("metric.abc", "is", ["A", "B"]), condition("metric.abc", "is", ["B"]), False),
        (condition("metric.abc", "is", ["A"]), condition("metric.abc", "is_not", ["A"]), True),
        (condition("metric.orders", "above", 5), condition("metric.orders", "below", 5), True),
        (condition("metric.orders", "at_least", 5), condition("metric.orders", "at_most", 5), False),
        (condition("metric.orders", "above", 5), condition("metric.orders", "at_most", 5), True),
        (condition("region", "empty"), condition("region", "is", ["杭州"]), True),
        (condition("follow_up", "within", 7), condition("follow_up", "not_within", 14), True),
        (condition("follow_up", "within", 30), condition("follow_up", "not_within", 14), False),
        (condition("created", "before", "2026-01-01"), condition("created", "since", "2026-02-01"), True),
        (condition("tag", "is", ["VIP"]), {"none": [condition("tag", "is", ["VIP", "茶"])]}, True),
        (condition("tag", "is", ["VIP"]), condition("tag", "is", ["茶"]), False),
    ],
)
def test_contradictions_are_named_and_only_they(shop, first, second, clash):
    registry = Registry(shop.alice)
    made = tree.parse({"all": [first, second]}, registry)
    assert bool(contradictions.contradictions(made, registry, "en")) is clash
    if clash:
        assert names(shop.alice, {"all": [first, second]}) == set()
    loose = tree.parse({"any": [first, second]}, registry)
    assert contradictions.contradictions(loose, registry, "en") == []


TYPES = {
    "text": ("bergamot", condition("", "contains", "rgam"), condition("", "is", ["rose"])),
    "long_text": ("a long tale", condition("", "starts", "a long"), condition("", "starts", "tale")),
    "number": ("12.5", condition("", "above", 12), condition("", "above", 13)),
    "money": ("1,200", condition("", "between", [1000, 1300]), condition("", "below", 1000)),
    "date": ("2026-03-04", condition("", "on", "2026-03-04"), condition("", "before", "2026-03-04")),
    "yes_no": ("是", condition("", "yes"), condition("", "no")),
    "choice": ("金卡", condition("", "is", ["jin_ka"]), condition("", "is_not", ["jin_ka"])),
    "choices": (["金卡", "银卡"], condition("", "has_all", ["jin_ka", "yin_ka"]), condition("", "empty")),
    "link": ("https://shop.example/a", condition("", "filled"), condition("", "empty")),
    "person": ("Carol", condition("", "filled"), condition("", "is", ["me"])),
}


@pytest.mark.parametrize("type", CustomField.Type.values)
def test_a_custom_field_of_every_type_can_be_asked(cast, type):
    field = services.create_field(cast.alice, name=f"字段 {type}", type=type, choices=["金卡", "银卡"])
    value, meets, misses = TYPES[type]
    services.register(cast.alice, name="Ann", custom={field.key: value})
    key = f"custom.{field.key}"
    assert names(cast.alice, {"all": [{**meets, "field": key}]}) == {"Ann"}
    assert names(cast.alice, {"all": [{**misses, "field": key}]}) == set()


def test_orders_are_asked_of_who_can_read_them_and_joined_under_rights(cast, monkeypatch):
    ann = Customer.objects.create(name="Ann", key="K1", owner=cast.carol)
    Customer.objects.create(name="Ben", key="K2", owner=cast.carol)
    asked = []

    def bought(what, wanted, since):
        asked.append((what, list(wanted), since))
        return ["K1", "K9"]

    given = own.order_fields(bought, lambda what: ["Tea", "Coffee"])
    monkeypatch.setattr(fields, "_providers", [*fields._providers, lambda: given])
    told = {"all": [condition("order.product", "bought", [90, "Tea"])]}
    assert names(cast.alice, told) == {ann.name}
    assert asked[0][:2] == ("product", ["Tea"])
    assert names(cast.alice, {"none": told["all"]}) == {"Ben"}
