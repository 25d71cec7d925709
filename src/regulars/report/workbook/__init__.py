"""An analysis as a workbook with native charts: one sheet a family of figures."""

from regulars.report.workbook.book import EXCEL_DATA_ROWS, Result
from regulars.report.workbook.write import write_workbook

__all__ = ["EXCEL_DATA_ROWS", "Result", "write_workbook"]
