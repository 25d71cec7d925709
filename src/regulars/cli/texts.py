"""Help texts of the command line in the reader's language."""

from __future__ import annotations

from regulars.cli.explain import system_language
from regulars.language import translator

_ = translator("cli", system_language())

APP = _("Which customers are worth keeping, who is about to leave, what to do today, and whether it worked.")
VERSION = _("Print the version.")

ANALYZE = _("Analyse orders and write the report, the workbook and the tables.")
INPUTS = _("Files or folders with orders: CSV, TSV, TXT, gzip, zip, XLSX, Parquet.")
OUT = _("Folder for the result; it appears only when everything is done.")
AS_OF = _("The as-of day, YYYY-MM-DD; by default the last day with an order.")
MAP = _("Which column is which field: field=column. May be given several times.")
MAPPING = _("A saved mapping to use again.")
SAVE_MAPPING = _("Save the mapping that was found to this file.")
PRESET = _("Name of the layout, instead of recognising it.")
ENCODING = _("Encoding of the text files, instead of detecting it.")
DELIMITER = _("Delimiter of the text files, instead of detecting it.")
SHEET = _("Sheet of the workbook, instead of the first with orders.")
DATE_ORDER = _("Order of day, month and year in written dates: dmy, mdy or ymd.")
CURRENCY = _("Currency of the amounts, such as CNY.")
RATE = _("Exchange rate into the currency of the analysis: USD=7.12. May be given several times.")
MAX_REJECTS = _("Share of rows that may be rejected before the run stops.")
DUPLICATES = _("Drop or keep identical rows, instead of the rule.")
CUSTOMERS = _("A file with names and other attributes of customers.")
LAKE = _("Look after a kept lake of facts.")
KEEP_LAKE = _("Folder that keeps the facts: a later run adds to it.")
KNOWN_AT = _("Read the lake as it was at a version number or on a day.")
LANGUAGE = _("Language of what people read: zh or en.")
TITLE = _("Name of the shop for the head of the report.")
JSON = _("Print summary.json to standard output and nothing else.")
QUIET = _("No progress and no closing summary.")
OVERWRITE = _("Replace an earlier result in the output folder.")
NO_MODELS = _("Leave the probability models out.")
NO_REPORTS = _("Write the tables and summary.json only.")
CONFIG = _("A regulars.toml with rules; by default the one in the present folder.")
THREADS = _("How many threads to use; by default one a core.")

SIMULATE = _("Invent a shop with known truth: orders, customers, campaigns.")
EXPLAIN = _("Explain a figure: definition, formula, worked example, parameters, source.")
DEMO = _("Invent a shop, analyse it and say where to look.")
