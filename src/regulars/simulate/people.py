"""Invented customers: names, companies, telephone numbers that belong to nobody, regions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from regulars.errors import ParameterError

Texts = NDArray[np.str_]
Bools = NDArray[np.bool_]

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴"
    "夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_DOUBLE = ("欧阳", "上官", "司马", "诸葛")
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红梅建国志文斌浩宇轩梓涵欣怡子墨雨桐思远佳琪晓东海燕春兰"
    "淑贞嘉懿博雅君豪俊凯晨曦若溪诗涵一诺安琪亦凡知行书瑶清扬乐天锦程云帆景明慧敏雪松立新长青永康"
)
_BRANDS = (
    "半园", "听雨", "松风", "云间", "拾光", "山雀", "青瓦", "南塘", "望江",
    "归巢", "木石", "清渠", "远山", "鹿野", "槐安", "白鹭", "竹里", "静水",
    "晚晴", "春和", "景行", "知味", "长亭", "溪口", "梧桐", "海棠", "银杏",
    "芦苇", "蒲公英", "石榴", "小满", "谷雨", "霜降", "立夏", "北辰", "南屏",
)  # fmt: skip
_TRADES = (
    "书店", "咖啡馆", "茶室", "民宿", "餐饮管理", "文化传媒", "设计工作室", "律师事务所", "贸易",
    "科技", "物业服务", "教育咨询", "医药", "旅行社",
)  # fmt: skip
_REGIONS = {
    "浙江杭州": 9, "上海": 9, "江苏苏州": 8, "广东广州": 7, "广东深圳": 7, "北京": 7, "江苏南京": 5, "福建厦门": 4,
    "福建福州": 4, "四川成都": 5, "浙江宁波": 4, "湖北武汉": 4, "山东青岛": 3, "山东济南": 3, "湖南长沙": 3,
    "陕西西安": 3,
    "安徽合肥": 3, "重庆": 3, "河南郑州": 2, "天津": 2, "云南昆明": 2, "辽宁大连": 1, "江西南昌": 1,
}  # fmt: skip
UNASSIGNED_PREFIX = "154"  # no operator holds it: eleven digits that look right and reach nobody


def personal_names(count: int, rng: np.random.Generator) -> Texts:
    """Names as they are met: the common surnames often, one or two given characters."""
    surnames = np.array([*_SURNAMES, *_DOUBLE])
    weights = 1.0 / np.arange(3, len(surnames) + 3) ** 0.9
    given = np.array(list(_GIVEN))
    first, second = given[rng.integers(0, len(given), count)], given[rng.integers(0, len(given), count)]
    family = surnames[rng.choice(len(surnames), count, p=weights / weights.sum())]
    return np.char.add(np.char.add(family, first), np.where(rng.random(count) < 0.78, second, ""))


def company_names(regions: Texts, rng: np.random.Generator) -> Texts:
    """City, an invented brand and a trade, some with the legal form."""
    count = len(regions)
    city = np.array([region[-2:] for region in regions.tolist()] or [""])[:count]
    brand = np.array(_BRANDS)[rng.integers(0, len(_BRANDS), count)]
    trade = np.array(_TRADES)[rng.integers(0, len(_TRADES), count)]
    legal = np.where(rng.random(count) < 0.5, "有限公司", "")
    return np.char.add(np.char.add(city, brand), np.char.add(trade, legal))


def draw_regions(count: int, rng: np.random.Generator) -> Texts:
    weights = np.array(list(_REGIONS.values()), dtype=float)
    return np.array(list(_REGIONS))[rng.choice(len(weights), count, p=weights / weights.sum())]


def phone_numbers(count: int, rng: np.random.Generator) -> Texts:
    """Different numbers under a prefix that no operator holds."""
    room = 10**8
    if count > room // 2:
        raise ParameterError(
            "too_many_customers",
            "{count} customers are more than can have a telephone number.",
            "Simulate fewer, or stream facts without names.",
            count=count,
        )
    start, step = int(rng.integers(room)), 2 * int(rng.integers(10**6, 10**7)) + 1
    step += 2 if step % 5 == 0 else 0  # prime to 10⁸, so that no number comes twice
    numbers = (start + step * np.arange(count, dtype=np.int64)) % room
    return np.char.add(UNASSIGNED_PREFIX, np.char.zfill(numbers.astype(str), 8))
