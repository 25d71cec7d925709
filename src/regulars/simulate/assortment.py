"""What the invented tea and gift shop sells: sixty products with price, cost and how long they last."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Category and its cost as a share of the price, then its products: name, price in yuan, days until it is bought
# again, popularity.
_PRODUCTS = """
绿茶 0.52: 西湖龙井 100g,168,35,9; 龙井 250g,328,70,7; 碧螺春 125g,198,45,6; 黄山毛峰 250g,188,60,6;
  安吉白茶 100g,158,38,5; 六安瓜片 250g,176,62,4; 信阳毛尖 250g,182,60,4; 绿茶口粮 500g,88,75,8
红茶 0.5: 正山小种 150g,138,45,7; 金骏眉 50g,268,40,4; 祁门红茶 200g,128,55,5; 滇红工夫 250g,98,60,6;
  九曲红梅 150g,118,50,3; 英德红茶 200g,108,55,3; 红茶口粮 500g,79,80,6
乌龙 0.51: 铁观音 250g,148,55,7; 大红袍 100g,198,42,5; 凤凰单丛 150g,228,50,4; 冻顶乌龙 150g,208,50,3;
  水仙 250g,118,60,3; 漳平水仙 200g,96,52,2
黑茶 0.46: 普洱熟饼 357g,168,110,6; 普洱生饼 357g,198,140,4; 小青柑 250g,88,45,6; 六堡茶 250g,98,70,3;
  安化黑砖 800g,128,150,2; 熟普小沱 200g,76,50,4
白茶 0.48: 白毫银针 50g,238,45,3; 白牡丹 150g,168,55,4; 寿眉饼 350g,128,100,4; 老白茶饼 350g,298,120,3
花茶 0.44: 茉莉花茶 100g,58,32,9; 茉莉龙珠 150g,88,40,6; 桂花乌龙 100g,68,35,6; 玫瑰花茶 80g,45,30,5;
  菊花 100g,36,28,6; 洛神花 100g,32,30,3; 陈皮 100g,78,60,3
冷泡茶包 0.4: 茉莉绿茶包 20袋,39,22,8; 白桃乌龙包 20袋,42,21,9; 荔枝红茶包 20袋,42,22,6; 大麦茶包 40袋,29,30,5;
  柚香绿茶包 20袋,39,22,4
茶具 0.55: 青瓷盖碗,128,400,3; 紫砂壶,468,900,2; 玻璃茶壶,89,300,4; 品茗杯四只,76,350,3; 旅行茶具,158,500,3;
  茶盘,218,800,1; 茶滤,26,200,3
茶点 0.58: 绿豆糕 12枚,38,18,7; 桂花糕 10枚,36,18,6; 凤梨酥 12枚,58,25,6; 坚果拼盘 500g,78,28,5;
  山楂条 300g,28,20,4; 核桃酥 10枚,42,22,4
礼盒 0.47: 春茶礼盒,398,180,3; 年货茶礼,298,330,4; 中秋茶月礼盒,268,330,3; 双罐龙井礼盒,568,200,2;
  企业定制礼盒,358,120,2
"""
GIFTS = "礼盒"


@dataclass(frozen=True)
class Assortment:
    """The products, one array entry each; money in fen."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    categories: tuple[str, ...]
    category_of: NDArray[np.int64]
    price: NDArray[np.int64]
    cost_share: Floats
    cycle: Floats
    popularity: Floats

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class _Product:
    category: str
    cost_share: float
    name: str
    price: int
    cycle: float
    popularity: float


def make_assortment() -> Assortment:
    products = list(_read_products())
    categories = tuple(dict.fromkeys(product.category for product in products))
    popularity = np.array([product.popularity for product in products])
    return Assortment(
        ids=tuple(f"P{index:03d}" for index in range(1, len(products) + 1)),
        names=tuple(product.name for product in products),
        categories=categories,
        category_of=np.array([categories.index(product.category) for product in products]),
        price=np.array([product.price * 100 for product in products]),
        cost_share=np.array([product.cost_share for product in products]),
        cycle=np.array([product.cycle for product in products]),
        popularity=popularity / popularity.sum(),
    )


def _read_products() -> Iterator[_Product]:
    for block in re.findall(r"^(\S+) ([\d.]+): ((?:.|\n  )+)", _PRODUCTS, re.MULTILINE):
        category, share, items = block
        for item in items.split(";"):
            name, price, cycle, popularity = item.strip().split(",")
            yield _Product(category, float(share), name, int(price), float(cycle), float(popularity))
