"""What lifetimes takes for the same steps; run by models.py in an environment of its own. Prints one JSON object."""

import json
import sys
import time
import warnings

began = time.perf_counter()
import lifetimes  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from lifetimes.utils import summary_data_from_transaction_data  # noqa: E402

seconds = {"import": time.perf_counter() - began}
warnings.simplefilter("ignore")


def timed(name, step):  # type: ignore[no-untyped-def]
    start = time.perf_counter()
    result = step()
    seconds[name] = time.perf_counter() - start
    return result


def steps(path, with_pareto):  # type: ignore[no-untyped-def]
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
        "summary",
        lambda: summary_data_from_transaction_data(
            table, "customer", "date", monetary_value_col="value", observation_period_end=end
        ),
    )
    x, tx, age = summary["frequency"], summary["recency"], summary["T"]
    fit = timed("bg_nbd_fit", lambda: lifetimes.BetaGeoFitter().fit(x, tx, age))
    again = summary[x > 0]
    spend = timed(
        "gamma_gamma_fit", lambda: lifetimes.GammaGammaFitter().fit(again["frequency"], again["monetary_value"])
    )

    def score():  # type: ignore[no-untyped-def]
        alive = fit.conditional_probability_alive(x, tx, age)
        expected = fit.conditional_expected_number_of_purchases_up_to_time(365, x, tx, age)
        clv = spend.customer_lifetime_value(
            fit, x, tx, age, summary["monetary_value"], time=12, discount_rate=0.008, freq="D"
        )
        return alive, expected, clv

    timed("score", score)
    if with_pareto:
        timed("pareto_nbd_fit", lambda: lifetimes.ParetoNBDFitter().fit(x, tx, age))


steps(sys.argv[1], sys.argv[2] == "pareto")
print(json.dumps(seconds))
