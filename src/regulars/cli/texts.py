"""Help texts of the command line in the reader's language."""

from __future__ import annotations

from regulars.cli.reader import spoken_language
from regulars.language import translator

_ = translator("cli", spoken_language())

APP = _("Which customers are worth keeping, who is about to leave, what to do today, and whether it worked.")
VERSION = _("Print the version.")
LANGUAGE = _("Language of what people read: zh or en; otherwise that of the system.")
QUIET = _("No progress and no closing summary.")

FILE, FOLDER, NAME, TEXT, NUMBER, DAY = _("FILE"), _("DIR"), _("NAME"), _("TEXT"), _("N"), "YYYY-MM-DD"
SHARE, CODE, VALUE, CHARACTER, INPUT, TERM = _("SHARE"), _("CODE"), _("VALUE"), _("CHARACTER"), _("INPUT…"), _("TERM")
COLUMN, RATE_OF, WORDS, VERSION_OR_DAY = _("FIELD=COLUMN"), _("CUR=RATE"), _("WORD,WORD"), _("VERSION|DAY")

RESULT = _("Result")
READING = _("Reading the files")
RULES = _("Rules")

ANALYZE = _("Analyse orders and write the report, the workbook and the tables.")
INPUTS = _("Files or folders with orders: CSV, TSV, TXT, gzip, zip, XLSX, Parquet. Not needed with a filled --lake.")
OUT = _("Folder for the result; it appears only when everything is done.")
AS_OF = _("The as-of day; by default the last day with an order.")
MAP = _("Which column is which field; a column by name or by position, #1. Once for each field.")
MAPPING = _("A saved mapping to use again.")
SAVE_MAPPING = _("Save the mapping that was found to this file.")
PRESET = _(
    "Name of the layout, instead of recognising it: shopify, woocommerce, taobao, jd, youzan, weidian, online_retail."
)
ENCODING = _("Encoding of the text files, instead of detecting it.")
DELIMITER = _("Delimiter of the text files, instead of detecting it; also tab, space.")
SHEET = _("Sheet of the workbook, by name or number, instead of the first with orders.")
DATE_ORDER = _("Order of day, month and year in dates such as 05/01/2024 that do not betray it.")
CURRENCY = _("Currency of the amounts, such as CNY.")
RATE = _("Exchange rate into the currency of the analysis: USD=7.12. Once for each currency.")
MAX_REJECTS = _("Share of rows that may be rejected before the run stops [20%].")
DUPLICATES = _("Drop or keep identical rows, instead of the rule.")
CANCELLED = _("States of orders that count as cancelled, instead of the built-in list.")
UNPAID = _("States of orders that count as unpaid, instead of the built-in list.")
CUSTOMERS = _("A file with names and other attributes of customers.")
SOURCE = _("Name of the shop the orders are from: keeps equal order ids of two shops apart in a lake [orders].")
KEEP_LAKE = _("Folder that keeps the orders: a later run adds to it.")
KNOWN_AT = _("Read the lake as it was at a version number or on a day.")
TITLE = _("Name of the shop for the head of the report.")
JSON = _("Print summary.json to standard output and nothing else; an error too is an object.")
OVERWRITE = _("Replace an earlier result in the output folder.")
NO_MODELS = _("Leave the probability models out.")
NO_REPORTS = _("Write the tables and summary.json only.")
CONFIG = _("A regulars.toml with rules; by default the one in the present folder.")
THREADS = _("How many threads to use; by default one a core.")

EXPLAIN = _("Explain a figure: definition, formula, worked example, parameters, source.")
EXPLAINED = _("A key, name, column or everyday word; without it, the list.")

SIMULATE = _("Invent a shop with known truth: orders, customers, campaigns.")
SHOP = _("Folder for the shop; with --orders the Parquet file.")
SHOP_CUSTOMERS = _("How many customers [20,000; with --orders one for every 20 orders].")
SHOP_MONTHS = _("How many months [24; with --orders 36].")
SEED = _("The same seed makes the same shop [7].")
START = _("First day [2024-01-01; with --orders 2022-01-01].")
PROCESS = _("How customers buy: as in a shop, or exactly as a probability model says [shop].")
MESSY = _("Write the orders as shops export them: GB18030, titles, totals, repeats, mixed dates and amounts.")
XLSX = _("Write orders.xlsx in place of orders.csv.")
HEADERS = _("Language of the column names: zh or en; otherwise that of the system.")
ORDERS = _("Instead of a shop stream so many orders into one Parquet file, for benchmarks.")
SHOP_OVERWRITE = _("Replace an earlier simulated shop.")

DEMO = _("Invent a shop, analyse it and say where to look.")
DEMO_OUT = _("Folder for shop and result; an earlier demo in it is replaced [demo].")
DEMO_CUSTOMERS = _("How many customers [20,000].")
DEMO_MONTHS = _("How many months [24].")

LAKE = _("Look after a kept lake of orders.")
LAKE_FOLDER = _("Folder of the lake.")
INFO = _("Say what is in a lake: orders, customers, days, size, and every version.")
INFO_JSON = _("Print it as JSON.")
VERIFY = _("Read everything again: checksums, counts, sums, keys.")
COMPACT = _("Fold small files into large ones.")
EXPORT = _("Write the orders to a Parquet or CSV file.")
EXPORT_OUT = _("File to write; its ending, .parquet or .csv, decides.")
EXPORT_VERSION = _("An earlier version.")
VACUUM = _("Delete files that no kept version needs.")
DAYS = _("Versions of the last days stay readable [30].")
DRY_RUN = _("Only say what would be deleted.")
