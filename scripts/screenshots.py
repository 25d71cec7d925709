"""Pictures for the documents: the demo report at desktop and phone width, in both languages, light, dark and printed.

Needs chromium (and pdftoppm for the printed pages). Run after ``./run demo``:  python scripts/screenshots.py
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
REPORT = ROOT / "demo" / "result" / "report.html"
IMAGES = ROOT / "docs" / "images"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
TOP = 1700  # pixels of the head shown in the README
SHOTS = [
    ("report-zh", "zh", "light", 1440, TOP),
    ("report-en", "en", "light", 1440, TOP),
    ("report-zh-full", "zh", "light", 1440, None),
    ("report-en-full", "en", "light", 1440, None),
    ("report-zh-dark", "zh", "dark", 1440, None),
    ("report-en-dark", "en", "dark", 1440, None),
    ("report-zh-phone", "zh", "light", 390, 5000),
    ("report-en-phone", "en", "light", 390, 5000),
]


def shoot(browser: Browser, name: str, lang: str, theme: str, width: int, height: int | None) -> None:
    scale = 0.5 if height is None else 1  # a whole report at full size is a picture of megabytes
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=theme, device_scale_factor=scale)  # type: ignore[arg-type]
    page.goto(REPORT.as_uri())
    if page.evaluate("document.documentElement.lang").split("-")[0] != lang:
        label = "中文" if lang == "zh" else "English"
        page.evaluate(
            "t => [...document.querySelectorAll('button')].find(b => b.textContent.trim() === t).click()", label
        )
    total = page.evaluate("document.documentElement.scrollHeight")
    for top in range(0, total, 700):  # charts are drawn when they come into view
        page.evaluate(f"window.scrollTo(0, {top})")
        page.wait_for_function("document.fonts.ready.then(() => true)")
        page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.evaluate("window.scrollTo(0, 0)")
    clip = {"x": 0, "y": 0, "width": width, "height": min(height or total, total)}
    page.screenshot(path=IMAGES / f"{name}.png", full_page=True, clip=clip)  # type: ignore[arg-type]
    page.close()


def print_pages(browser: Browser) -> None:
    """The first printed pages as pictures."""
    page = browser.new_page()
    page.goto(REPORT.as_uri())
    pdf = IMAGES / "report-print.pdf"
    page.pdf(path=pdf, format="A4")
    subprocess.run(["pdftoppm", "-png", "-r", "60", "-l", "4", pdf, IMAGES / "report-print"], check=True)
    pdf.unlink()


def main() -> None:
    if not REPORT.is_file():
        sys.exit("There is no demo report yet: ./run demo")
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("chromium is missing: apt install chromium fonts-noto-cjk")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        for shot in SHOTS:
            shoot(browser, *shot)
        if shutil.which("pdftoppm"):
            print_pages(browser)
        browser.close()


main()
