"""What pymc-marketing (MAP) takes for the same steps; run by models.py in an environment of its own. Prints JSON.

The models are fitted twice: the first time counts the compilation (cold), the second does not (warm).
"""

import json
import sys
import time
import warnings

began = time.perf_counter()
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from pymc_marketing.clv import BetaGeoModel, GammaGammaModel  # noqa: E402
from pymc_marketing.clv.utils import rfm_summary  # noqa: E402

seconds = {"import": time.perf_counter() - began}
warnings.simplefilter("ignore")


def timed(name, step):  # type: ignore[no-untyped-def]
    start = time.perf_counter()
    result = step()
    seconds[name] = time.perf_counter() - start
    return result


def steps(path, suffix):  # type: ignore[no-untyped-def]
    rows = np.load(path)
    table = pd.DataFrame(
        {
            "customer": rows["customer"],
            "date": pd.to_datetime(rows["day"].astype("int64"), unit="D"),
            "value": rows["value"],
        }
    )
    end = pd.to_datetime(int(rows["day"].max()), unit="D")
    summary = timed(
        "summary" + suffix,
        lambda: rfm_summary(
            table, customer_id_col="customer", datetime_col="date", monetary_value_col="value",
            observation_period_end=end, time_unit="D",
        ),
    )  # fmt: skip

    def fit():  # type: ignore[no-untyped-def]
        model = BetaGeoModel(data=summary)
        model.fit(method="map", progressbar=False)
        return model

    def fit_spend():  # type: ignore[no-untyped-def]
        model = GammaGammaModel(data=summary[summary["frequency"] > 0])
        model.fit(method="map", progressbar=False)
        return model

    model = timed("bg_nbd_fit" + suffix, fit)
    spend = timed("gamma_gamma_fit" + suffix, fit_spend)

    def score():  # type: ignore[no-untyped-def]
        alive = model.expected_probability_alive(summary)
        expected = model.expected_purchases(summary, future_t=365)
        clv = spend.expected_customer_lifetime_value(
            transaction_model=model, data=summary, future_t=12, discount_rate=0.008, time_unit="D"
        )
        return alive, expected, clv

    timed("score" + suffix, score)


steps(sys.argv[1], "_cold")
steps(sys.argv[1], "")
print(json.dumps(seconds))
