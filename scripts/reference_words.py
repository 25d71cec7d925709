"""The words of the generated reference pages that stand in no catalogue."""

from __future__ import annotations

from typing import Any

WORDS: dict[str, dict[str, Any]] = {
    "en": {
        "comma": ", ",
        "colon": ": ",
        "dot": ". ",
        "share_unit": "share",
        "metrics": "Metrics",
        "metrics_intro": (
            "Every figure that Regulars shows, with its formula, a case worked by hand, its rules and where it "
            "stands. "
            "`regulars explain NAME` prints the same. "
            "In formulas D is the as-of day, D0 and D1 the days before and at the end of a period, W the window."
        ),
        "formula": "Formula",
        "example": "Worked by hand",
        "note": "Mind",
        "parameters": "Parameters",
        "unit": "Unit",
        "stands_in": "Stands in",
        "source": "Source",
        "also": "Also called",
        "see_also": "See also",
        "parameters_intro": (
            "Every default rule can be changed: in Python as a field of `regulars.Parameters`, in a file as a "
            "line of "
            "`regulars.toml`, on the command line as an option. The command line wins over the file. "
            "Shares may be written `0.8`, `80%` or `4/5`; lists on the command line with commas: `--abc-cuts "
            "80%,95%`; "
            "`none` sets an optional rule back. The values used stand in `summary.json` under `parameters` and "
            "at the "
            "foot of the report. How files are read (`preset`, `currency`, `date_order` …) may stand in a table "
            "`[reading]`. "
            "This is `regulars.toml` with every default:"
        ),
        "key": "Key",
        "option": "Option",
        "default": "Default",
        "meaning": "Meaning",
        "name": "Name",
        "type": "Type",
        "outputs": "Files, columns and keys",
        "outputs_intro": (
            "`regulars analyze INPUT… --out DIR` writes the files below. Their names, columns and keys are "
            "fixed: people "
            "script against them. Money is decimal with two places, rates are fractions (0.05, not 5), days are ISO "
            "dates, what is absent is null."
        ),
        "outputs_files": (
            "| File | What it holds |\n|---|---|\n"
            "| `report.html` | One self-contained interactive page in Chinese and English that opens without a "
            "network |\n"
            "| `report.xlsx` | The same tables as a workbook with native charts |\n"
            "| `customers.parquet` | One row per customer with a purchase up to the as-of day |\n"
            "| `summary.json` | Every figure of the population |\n"
            "| `spells.parquet` | Active and dormant spells of every customer |\n"
            "| `contacts.csv` | Customers to contact, with reason |\n"
            "| `rejects.csv` | Rows that could not be used |"
        ),
        "customers.parquet": (
            "One row per customer. The columns from `p_alive` on come from the probability models and are absent "
            "when "
            "the models are switched off."
        ),
        "spells.parquet": "One row per spell; `kind` is `active` or `dormant`, `days` counts both ends.",
        "contacts.csv": (
            "The table of the report, best first. Cells that a spreadsheet could take for a formula are made harmless."
        ),
        "rejects.csv": "One row per row of the input that could not be used.",
        "summary.json": (
            "Keys are written as paths; `*` stands for `month` and `quarter` below `retention` and "
            "`retention_rhythm`, for "
            "`window` and `rhythm` below `bridge`, for `new` and `old` below `tenure_margin`, for the names of "
            "classes below "
            "`customers`. `cohorts`, `retention.*` and everything called `rows` are lists of such objects. `clv` "
            "and `value` are "
            "absent when the models are switched off."
        ),
        "own": {
            "rejects.csv: file": "Name of the file",
            "rejects.csv: line": "Line or row in the file, counted from 1",
            "rejects.csv: column": "Name of the column as the file has it",
            "rejects.csv: value": "The value as it was read",
            "rejects.csv: reason": "Why it could not be used, as a stable code",
        },
        "types": {
            "text": "text",
            "date": "date",
            "integer": "integer",
            "money": "money",
            "share": "share 0–1",
            "number": "number",
            "flag": "true / false",
            "class": "word",
            "list": "list",
            "object": "object",
        },
        "errors": "Errors",
        "errors_intro": (
            "Everything that can go wrong on purpose. The code is stable; the message says what is wrong and "
            "where, the "
            "second sentence how to mend it. Names in braces are filled in. Exit codes: [Exit codes](exit-codes.md)."
        ),
        "code": "Code",
        "class": "Class",
        "exit": "Exit code",
        "message": "Message",
        "mend": "How to mend it",
    },
    "zh": {
        "comma": "、",
        "colon": "：",
        "dot": "：",
        "share_unit": "占比",
        "metrics": "指标",
        "metrics_intro": (
            "Regulars 给出的每个数字：公式、手算一例、所用参数、出现在哪里。`regulars explain 名称` 打印同样的内容。"
            "公式里 D 是截至日，D0、D1 是时段开始前一天与最后一天，W 是窗口。"
        ),
        "formula": "公式",
        "example": "手算一例",
        "note": "注意",
        "parameters": "参数",
        "unit": "单位",
        "stands_in": "所在",
        "source": "来源",
        "also": "又称",
        "see_also": "另见",
        "parameters_intro": (
            "每条默认规则都可以改：在 Python 里是 `regulars.Parameters` 的字段，在文件里是 `regulars.toml` 的一行，"
            "在命令行是一个选项；命令行优先于文件。占比可写 `0.8`、`80%` 或 `4/5`；命令行上的列表用逗号："
            "`--abc-cuts 80%,95%`；`none` 取消可选的规则。实际所用的值在 `summary.json` 的 `parameters` 里，"
            "也在报告末尾。"
            "文件怎样读（`preset`、`currency`、`date_order`……）可以写在 `[reading]` 表里。"
            "下面是写满默认值的 `regulars.toml`："
        ),
        "key": "键",
        "option": "选项",
        "default": "默认",
        "meaning": "含义",
        "name": "名称",
        "type": "类型",
        "outputs": "文件、列与键",
        "outputs_intro": (
            "`regulars analyze 输入… --out 目录` 写出以下文件。文件名、列名、键名都是固定的，可以放心写进脚本。"
            "金额是两位小数，比率是小数（0.05，不是 5），日期是 ISO 格式，没有的值为 null。"
        ),
        "outputs_files": (
            "| 文件 | 内容 |\n|---|---|\n"
            "| `report.html` | 一个自成一体的交互网页，中英双语，不联网也能打开 |\n"
            "| `report.xlsx` | 同样的表格，做成带原生图表的工作簿 |\n"
            "| `customers.parquet` | 截至日有过购买的客户，每位一行 |\n"
            "| `summary.json` | 全部总体数字 |\n"
            "| `spells.parquet` | 每位客户的活跃与休眠周期 |\n"
            "| `contacts.csv` | 联系名单，附缘由 |\n"
            "| `rejects.csv` | 不能用的行 |"
        ),
        "customers.parquet": "每位客户一行。从 `p_alive` 起的各列来自概率模型，关闭模型时没有这些列。",
        "spells.parquet": "每个周期一行；`kind` 为 `active`（活跃）或 `dormant`（休眠），`days` 含首尾两天。",
        "contacts.csv": "与报告里的表相同，最要紧的在前。电子表格可能当成公式的单元格都已处理，打开无害。",
        "rejects.csv": "输入中每个不能用的行占一行。",
        "summary.json": (
            "键写成路径；`*` 在 `retention` 与 `retention_rhythm` 下是 `month`、`quarter`，在 `bridge` 下是 "
            "`window`、`rhythm`，"
            "在 `tenure_margin` 下是 `new`、`old`，在 `customers` 下是各类的名称。`cohorts`、`retention.*` "
            "以及所有名为 `rows` 的，"
            "都是这种对象的列表。关闭模型时没有 `clv` 与 `value`。"
        ),
        "own": {
            "rejects.csv: file": "文件名",
            "rejects.csv: line": "文件里的行号，从 1 数起",
            "rejects.csv: column": "文件里的列名",
            "rejects.csv: value": "读到的原值",
            "rejects.csv: reason": "不能用的原因，固定的代码",
        },
        "types": {
            "text": "文字",
            "date": "日期",
            "integer": "整数",
            "money": "金额",
            "share": "占比 0–1",
            "number": "数值",
            "flag": "true / false",
            "class": "词",
            "list": "列表",
            "object": "对象",
        },
        "errors": "错误",
        "errors_intro": (
            "所有有意报出的错误。代码是固定的；第一句说哪里不对，第二句说怎么办；花括号里的名称会换成实际的值。"
            "退出码见[退出码](exit-codes.md)。"
        ),
        "code": "代码",
        "class": "类",
        "exit": "退出码",
        "message": "说明",
        "mend": "怎么办",
    },
}

WORDS["en"] |= {
    "settings": "Settings",
    "settings_intro": (
        "What an installation of the web application can be told: as an environment variable, or as a line "
        "`REGULARS_NAME=…` of the file `regulars.env` in its data folder. Environment variables win."
    ),
}
WORDS["zh"] |= {
    "settings": "设置",
    "settings_intro": (
        "网页应用的一个安装可以这样设置：用环境变量，或写成数据目录里 `regulars.env` 的一行 `REGULARS_NAME=…`。"
        "环境变量优先。"
    ),
}
SETTINGS_ZH = {
    "data": "数据库、订单湖和上传文件所在的目录。",
    "database_url": "postgresql://用户:密码@主机/库名；留空：数据目录里的 SQLite。",
    "name": "店名，显示在每一页的上方。",
    "lake": "订单放在哪里；留空：数据目录里的 lake。",
    "hosts": "服务所应答的主机名，用逗号分开。",
    "production": "前面有 HTTPS：安全 Cookie、HSTS、跳转。",
    "timezone": "业务时区：一天从哪里开始、到哪里结束。",
    "language": "没有自己选过、浏览器也没有说明时的语言。",
    "currency": "还没有订单时的币种。",
    "nightly": "夜间运算的开始时间，按业务时区；留空：不运行。",
    "runs_kept_days": "每天最后一次运算保留多少天；月末的一直保留。",
    "job_threads": "后台同时做几件任务。",
    "workers": "网页进程数。",
    "upload_limit_mb": "可上传的最大文件，以 MB 计。",
    "email_url": "发邮件用的 smtp://用户:密码@主机:端口；留空：邮件写进一个目录。",
    "oidc_issuer": "OpenID Connect 提供方的地址；留空：不用。",
    "oidc_client_id": "在提供方的客户端编号。",
    "oidc_client_secret": "在提供方的客户端密钥。",
    "oidc_name": "登录按钮上怎么称呼提供方。",
}
