"""What a column can become, for each kind of import, and the names such columns go by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from regulars.crm.customers import custom_values
from regulars.crm.insights.models import ImportBatch
from regulars.ingest import FIELD_NAMES, FIELDS
from regulars.ingest.fields import plain_name, tiers
from regulars.language import Language, translator

What = ImportBatch.What
CUSTOM = "custom."


@dataclass(frozen=True)
class Target:
    """``key``: field of ours; ``shape`` as in `ingest.FIELDS`; ``names``: what columns of it are called."""

    key: str
    label: Any
    shape: str
    names: frozenset[str]


def _named(*names: str, like: str = "") -> frozenset[str]:
    known = set(tiers().get(like, {}))
    if like == "customer_id":  # orders may know a customer by phone alone; here a phone is a phone
        known -= {name for other in ("phone", "email", "name") for name in tiers()[other]}
    return frozenset({plain_name(name) for name in names} | known)


def _customers() -> list[Target]:
    return [
        Target("customer_id", _("customer number"), "id", _named("key", "external id", "外部编号", like="customer_id")),
        Target("name", _("name"), "text", _named("客户", "客户名", "full name", like="name")),
        Target("kind", _("kind"), "text", _named(like="kind")),
        Target("phone", _("phone"), "id", _named("联系电话", "电话号码", like="phone")),
        Target("email", _("e-mail"), "text", _named("e-mail address", "电子邮件", like="email")),
        Target("wechat", _("WeChat"), "text", _named("wechat", "微信", "微信号", "wechat id")),
        Target("region", _("region"), "text", _named(like="region")),
        Target("address", _("address"), "text", _named("address", "地址", "详细地址", "收货地址", "street")),
        Target("source", _("source"), "text", _named("source", "来源", "客户来源", like="acquisition_channel")),
        Target("tier", _("tier"), "text", _named("tier", "level", "等级", "会员等级", "会员级别")),
        Target("referrer_id", _("referrer's customer number"), "id", _named(like="referrer_id")),
        Target("owner", _("owner"), "text", _named(like="owner")),
        Target("tags", _("tags"), "text", _named("tags", "labels", "标签", "客户标签")),
        Target("notes", _("notes"), "text", _named("notes", "note", "备注", "说明", "remark", "remarks")),
    ]


def _contacts() -> list[Target]:
    return [
        Target("customer_id", _("customer number"), "id", _named("企业编号", like="customer_id")),
        Target("customer", _("customer's name"), "text", _named("company", "organization", "公司", "企业", "客户名称",
                                                                 "客户", "公司名称", "企业名称")),
        Target("name", _("contact's name"), "text", _named("name", "contact", "contact name", "联系人", "姓名",
                                                           "联系人姓名")),
        Target("title", _("job title"), "text", _named("title", "job title", "position", "职务", "职位")),
        Target("part", _("part played"), "text", _named("role", "part", "角色", "联系人角色", "关键程度")),
        Target("phone", _("phone"), "id", _named("联系电话", like="phone")),
        Target("email", _("e-mail"), "text", _named(like="email")),
        Target("notes", _("notes"), "text", _named("notes", "note", "备注", "remark")),
    ]  # fmt: skip


def _follow_ups() -> list[Target]:
    return [
        Target("customer_id", _("customer number"), "id", _named(like="customer_id")),
        Target("phone", _("customer's phone"), "id", _named(like="phone")),
        Target("kind", _("kind of contact"), "text", _named("kind", "type", "way", "方式", "跟进方式", "类型",
                                                            "跟进类型")),
        Target("happened_at", _("when"), "date", _named("date", "time", "at", "when", "日期", "时间", "跟进时间",
                                                        "跟进日期", "联系时间")),
        Target("body", _("what was said or done"), "text", _named("note", "notes", "body", "content", "text", "内容",
                                                                  "跟进内容", "记录", "跟进记录", "备注")),
        Target("next_on", _("next date"), "date", _named("next", "next date", "next on", "下次", "下次跟进",
                                                         "下次跟进时间", "下次跟进日期", "下次联系")),
    ]  # fmt: skip


_LISTS = {What.CUSTOMERS: _customers, What.CONTACTS: _contacts, What.FOLLOW_UPS: _follow_ups}
MUST: dict[str, tuple[tuple[str, ...], ...]] = {
    What.ORDERS: (("customer_id",), ("ordered_at",), ("amount", "order_amount", "unit_price")),
    What.CUSTOMERS: (("name", "customer_id", "phone", "email"),),
    What.CONTACTS: (("customer_id", "customer"), ("name",)),
    What.FOLLOW_UPS: (("customer_id", "phone"), ("happened_at",), ("body",)),
}
"""What needs a column: of each group one."""


def targets(what: str, lang: Language) -> list[Target]:
    """Everything a column can become in an import of ``what``."""
    if what == What.ORDERS:
        named = translator("ingest", lang)
        return [Target(key, named(FIELD_NAMES[key]), shape, frozenset()) for key, shape in FIELDS.items()]
    found = _LISTS[What(what)]()
    if what == What.CUSTOMERS:
        found += [
            Target(f"{CUSTOM}{field.key}", field.name, "text", _named(field.name, field.key))
            for field in custom_values.fields()
        ]
    return found


def labels(what: str, lang: Language) -> dict[str, str]:
    return {target.key: str(target.label) for target in targets(what, lang)}


def suggested(what: str, names: Sequence[str], lang: Language) -> dict[str, str]:
    """Field -> column for a table that is not orders: by the columns' names, each column once."""
    found: dict[str, str] = {}
    left = list(names)
    for target in targets(what, lang):
        hit = next((name for name in left if plain_name(name) in target.names), None)
        if hit is not None:
            found[target.key] = hit
            left.remove(hit)
    return found


def missing(what: str, mapping: Sequence[str]) -> list[tuple[str, ...]]:
    """The groups of fields of which none has a column yet."""
    given = set(mapping)
    return [group for group in MUST[what] if not given & set(group)]
