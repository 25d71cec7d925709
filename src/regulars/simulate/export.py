"""An invented shop on disk: the files it would export, clean or as messy as they come, and the truth beside them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from regulars.errors import OutputError
from regulars.language import Language
from regulars.simulate.headers import ROW_LIMIT, headed
from regulars.simulate.mess import make_messy
from regulars.simulate.shop import FIRST_DAY, Process, Progress, Shop, simulate_shop
from regulars.simulate.writing import write_rows_csv, write_rows_xlsx


def write_shop(
    folder: str | Path,
    *,
    customers: int = 20_000,
    months: int = 24,
    seed: int = 7,
    start: date = FIRST_DAY,
    process: Process = "shop",
    parameters: Mapping[str, float] | None = None,
    messy: bool = False,
    xlsx: bool = False,
    lang: Language = "zh",
    progress: Progress | None = None,
) -> Shop:
    """Invent a shop (`simulate_shop`) and write orders, customers, campaigns and ``truth/`` into a new folder.

    ``messy`` writes the orders as shops export them: GB18030, titles above the header, a 合计 line at the end, repeated
    rows, dates in four forms, amounts with ¥ and thousands separators. ``xlsx`` writes orders.xlsx in place of
    orders.csv. ``lang`` is the language of the headers. The folder is complete or absent; raises OutputError when it
    exists and holds something or cannot be written.
    """
    target = Path(folder)
    _refuse_full(target)
    shop = simulate_shop(customers, months, seed, start, process=process, parameters=parameters, progress=progress)
    part = target.with_name(f".{target.name}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        _write_tables(part, shop, messy, xlsx, lang, seed)
        _write_truth(part / "truth", shop)
        if target.exists():
            target.rmdir()
        part.rename(target)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise OutputError(
            "simulation_not_written",
            "The simulated shop could not be written to {folder}: {reason}.",
            "Choose a folder that can be written and has room.",
            folder=str(target),
            reason=str(error),
        ) from error
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return shop


def _refuse_full(target: Path) -> None:
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise OutputError(
            "simulation_folder_not_empty",
            "{folder} exists and is not empty.",
            "Choose a new folder, or remove this one first.",
            folder=str(target),
        )


def _write_tables(folder: Path, shop: Shop, messy: bool, xlsx: bool, lang: Language, seed: int) -> None:
    header, columns = headed("orders", shop.orders, lang)
    above: list[str] = []
    footer: list[str] = []
    if messy:
        columns, above, footer = make_messy(columns, shop.orders, lang, seed)
    if xlsx:
        if len(columns[0]) + len(above) + 2 > ROW_LIMIT:
            raise OutputError(
                "simulation_too_long_for_xlsx",
                "{rows} order lines do not fit in a sheet of Excel.",
                "Simulate fewer customers or months, or write CSV.",
                rows=len(columns[0]),
            )
        write_rows_xlsx(folder / "orders.xlsx", header, columns, above, footer)
    else:
        encoding = "gb18030" if messy else "utf-8-sig"
        write_rows_csv(folder / "orders.csv", header, columns, above, footer, encoding)
    for name, table in (("customers", shop.customers), ("campaigns", shop.campaigns)):
        names, values = headed(name, table, lang)
        write_rows_csv(folder / f"{name}.csv", names, values, [], [], "utf-8-sig")


def _write_truth(folder: Path, shop: Shop) -> None:
    folder.mkdir()
    tables: dict[str, pa.Table] = {
        "customers": shop.truth,
        "campaigns": shop.truth_campaigns,
        "assignments": shop.assignments,
    }
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet")
    text = json.dumps(shop.parameters, ensure_ascii=False, indent=2)
    (folder / "parameters.json").write_text(text + "\n", encoding="utf-8")
