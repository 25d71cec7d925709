"""What each rule of an analysis is called, says and accepts: the texts and readers beside the fields of Parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from regulars.engine.parameters.policy import read_policy
from regulars.engine.parameters.values import Reader, choice, closest, number, optional, rising, time_zone, whole
from regulars.errors import ParameterError

_SHARE = number("0", "1")
_MONEY = number("0", "1000000000")


def _about(table: str, label: str, help_text: str, reader: Reader, unit: str = "") -> Mapping[str, Any]:
    return {"table": table, "label": label, "help": help_text, "reader": reader, "unit": unit}


ABOUT: Mapping[str, Mapping[str, Any]] = {
    "timezone": _about(
        "time", "Business time zone", "Where a day begins and ends; timestamps become days of this zone.", time_zone
    ),
    "window": _about(
        "time",
        "Window",
        "How many days up to the as-of day count as the present; also the window of the default activity policy.",
        whole(1, 36_500),
        "days",
    ),
    "migration_days": _about(
        "time", "Migration span", "How far back the starting quadrants of the migration lie.", whole(1, 36_500), "days"
    ),
    "policy": _about(
        "activity",
        "Activity policy",
        "Who counts as active: window:DAYS (bought in the last days) or rhythm:K (silent for at most K typical gaps).",
        read_policy,
    ),
    "rhythm_k": _about(
        "activity",
        "Rhythm factor",
        "Typical gaps of silence after which the rhythm policy calls a customer inactive.",
        number("0.1", "1000"),
        "typical gaps",
    ),
    "margin": _about(
        "money",
        "Margin",
        "Profit as a share of the amount, for orders with neither a profit nor a cost; without it revenue stands in.",
        optional(number("0.0001", "1")),
        "share",
    ),
    "abc_cuts": _about(
        "classes",
        "ABC cuts",
        "Cumulative shares of profit under which a customer is A, and under which B.",
        rising(2, number("0.0001", "1")),
        "share",
    ),
    "abc_base": _about(
        "classes", "ABC base", "What the ABC classes are made from: profit or revenue.", choice("profit", "revenue")
    ),
    "class_shares": _about(
        "classes",
        "Class shares",
        "Low while the share of customers strictly below is under the first, mid while under the second, else high.",
        rising(2, number("0.0001", "0.9999")),
        "share",
    ),
    "frequency_thresholds": _about(
        "classes",
        "Frequency thresholds",
        "Fixed order counts from which the frequency class is mid and high, instead of the shares.",
        optional(rising(2, whole(1, 1_000_000))),
        "orders",
    ),
    "amount_thresholds": _about(
        "classes",
        "Amount thresholds",
        "Fixed net amounts from which the amount class is mid and high, instead of the shares.",
        optional(rising(2, _MONEY)),
        "money",
    ),
    "rfm_scores": _about("rfm", "RFM steps", "How many steps the R, F and M scores have.", whole(2, 10), "steps"),
    "rfm_recency_thresholds": _about(
        "rfm",
        "Recency thresholds",
        "Fixed days since the last purchase, ascending: up to the first is the best score, beyond the last the worst.",
        optional(rising(None, whole(0, 36_500))),
        "days",
    ),
    "rfm_frequency_thresholds": _about(
        "rfm",
        "Frequency score thresholds",
        "Fixed order counts, ascending, each of which earns one more step of the F score.",
        optional(rising(None, whole(1, 1_000_000))),
        "orders",
    ),
    "rfm_amount_thresholds": _about(
        "rfm",
        "Amount score thresholds",
        "Fixed net amounts, ascending, each of which earns one more step of the M score.",
        optional(rising(None, _MONEY)),
        "money",
    ),
    "quadrant_frequency": _about(
        "quadrants",
        "Quadrant frequency cut",
        "Orders in the window from which a customer is frequent; without it the mean over buyers in the window.",
        optional(number("0.0001", "1000000")),
        "orders",
    ),
    "quadrant_value": _about(
        "quadrants",
        "Quadrant value cut",
        "Mean order value from which a customer is high in value; without it the mean over buyers in the window.",
        optional(_MONEY),
        "money",
    ),
    "late_percentile": _about(
        "lifecycle",
        "Late percentile",
        "Lateness percentile from which a customer is late by their own rhythm, and so in decline.",
        _SHARE,
        "share",
    ),
    "growth_max_days": _about(
        "lifecycle",
        "Growth limit",
        "Purchase days up to which a customer is still growing.",
        whole(1, 1000),
        "purchase days",
    ),
    "loyal_min_days": _about(
        "lifecycle",
        "Loyal from",
        "Purchase days from which an active customer is loyal.",
        whole(2, 1000),
        "purchase days",
    ),
    "falling_share": _about(
        "lifecycle",
        "Falling share",
        "In decline when the newer half of the window brought at most this share of the older half.",
        _SHARE,
        "share",
    ),
    "rhythm_cuts": _about(
        "rhythm",
        "Rhythm cuts",
        "Highest lateness of on rhythm, due, slipping and dormant; above the last is lost.",
        rising(4, number("0.01", "1000")),
        "typical gaps",
    ),
    "spell_factor": _about(
        "rhythm",
        "Spell factor",
        "Typical gaps of silence beyond which an active spell ends and a dormant one begins.",
        number("1", "1000"),
        "typical gaps",
    ),
    "gap_prior": _about(
        "rhythm",
        "Weight of the population gap",
        "How many gaps of the population a customer's typical gap starts from.",
        whole(1, 1000),
        "gaps",
    ),
    "second_purchase_days": _about(
        "repurchase",
        "Second-purchase span",
        "Days after the first purchase within which the second one counts.",
        whole(1, 36_500),
        "days",
    ),
    "new_customer_days": _about(
        "repurchase",
        "New-customer span",
        "Days after the first purchase for which an order counts as one of a new customer in the margin by tenure.",
        whole(1, 36_500),
        "days",
    ),
    "confidence": _about(
        "statistics", "Confidence", "Level of the intervals beside rates.", number("0.5", "0.9999"), "share"
    ),
    "alarm_confidence": _about(
        "statistics",
        "Alarm confidence",
        "Level of the interval that a retention rate has to leave before an alarm fires.",
        number("0.5", "0.9999"),
        "share",
    ),
    "alarm_baseline": _about(
        "statistics",
        "Alarm baseline",
        "What a period is compared with: season (same season of earlier periods, else all earlier ones) or all.",
        choice("season", "all"),
    ),
    "alarm_correction": _about(
        "statistics",
        "Alarm correction",
        "Guard against false alarms over the many periods of a page: holm or none.",
        choice("holm", "none"),
    ),
    "discount_rate": _about(
        "forecast", "Discount rate", "Yearly rate at which future profit is discounted.", _SHARE, "share"
    ),
    "clv_months": _about(
        "forecast",
        "Forecast horizon",
        "Months of future profit that the lifetime value counts; the column stays clv_12m.",
        whole(1, 120),
        "months",
    ),
    "forecast_interval": _about(
        "forecast",
        "Forecast interval",
        "Share of outcomes that the interval of a forecast is meant to hold.",
        number("0.5", "0.99"),
        "share",
    ),
    "risk_days": _about(
        "forecast",
        "Risk span",
        "Days ahead over which value at risk compares the chances of a purchase.",
        whole(1, 3650),
        "days",
    ),
}


def unknown_parameter(name: str) -> ParameterError:
    """The error for a name that is no parameter, with the nearest that is."""
    return ParameterError(
        "unknown_parameter",
        "{name} is not a parameter.",
        "Closest: {suggestion}. All of them are listed on the page “Parameters” of the reference.",
        name=name,
        suggestion=closest(name, ABOUT) or "window",
    )
