"""Every default rule of the definitions as one frozen value.

The as-of day is no parameter: it says *when*, these say *how*. Each field carries its table in regulars.toml, a label,
a help text and its reader as metadata, so that options, documents and the report's foot are made from here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from regulars.engine.parameters.about import ABOUT, unknown_parameter
from regulars.engine.parameters.policy import ActivityPolicy
from regulars.engine.parameters.toml import rules_in
from regulars.engine.parameters.values import plain
from regulars.engine.parameters.words import ParameterText, parameter_text
from regulars.errors import ParameterError
from regulars.language import Language


@dataclass(frozen=True)
class Parameters:
    """All rules that a user can change, with the defaults of the definitions.

    Values may be given in any written form ("80%", 0.8, "4/5"); they are kept as int, str, Fraction or tuples of them.
    Raises ParameterError for a value that a rule cannot have.
    """

    timezone: str = field(default="Asia/Shanghai", metadata=ABOUT["timezone"])
    window: int = field(default=365, metadata=ABOUT["window"])
    migration_days: int = field(default=365, metadata=ABOUT["migration_days"])
    policy: ActivityPolicy = field(default=ActivityPolicy(), metadata=ABOUT["policy"])
    rhythm_k: Fraction = field(default=Fraction(3), metadata=ABOUT["rhythm_k"])
    margin: Fraction | None = field(default=None, metadata=ABOUT["margin"])
    abc_cuts: tuple[Fraction, Fraction] = field(default=(Fraction(4, 5), Fraction(9, 10)), metadata=ABOUT["abc_cuts"])
    abc_base: str = field(default="profit", metadata=ABOUT["abc_base"])
    class_shares: tuple[Fraction, Fraction] = field(
        default=(Fraction(1, 3), Fraction(2, 3)), metadata=ABOUT["class_shares"]
    )
    frequency_thresholds: tuple[int, int] | None = field(default=None, metadata=ABOUT["frequency_thresholds"])
    amount_thresholds: tuple[Fraction, Fraction] | None = field(default=None, metadata=ABOUT["amount_thresholds"])
    rfm_scores: int = field(default=5, metadata=ABOUT["rfm_scores"])
    rfm_recency_thresholds: tuple[int, ...] | None = field(default=None, metadata=ABOUT["rfm_recency_thresholds"])
    rfm_frequency_thresholds: tuple[int, ...] | None = field(default=None, metadata=ABOUT["rfm_frequency_thresholds"])
    rfm_amount_thresholds: tuple[Fraction, ...] | None = field(default=None, metadata=ABOUT["rfm_amount_thresholds"])
    quadrant_frequency: Fraction | None = field(default=None, metadata=ABOUT["quadrant_frequency"])
    quadrant_value: Fraction | None = field(default=None, metadata=ABOUT["quadrant_value"])
    late_percentile: Fraction = field(default=Fraction(4, 5), metadata=ABOUT["late_percentile"])
    growth_max_days: int = field(default=2, metadata=ABOUT["growth_max_days"])
    loyal_min_days: int = field(default=4, metadata=ABOUT["loyal_min_days"])
    falling_share: Fraction = field(default=Fraction(1, 2), metadata=ABOUT["falling_share"])
    rhythm_cuts: tuple[Fraction, ...] = field(
        default=(Fraction(1), Fraction(3, 2), Fraction(5, 2), Fraction(4)), metadata=ABOUT["rhythm_cuts"]
    )
    spell_factor: Fraction = field(default=Fraction(5, 2), metadata=ABOUT["spell_factor"])
    gap_prior: int = field(default=2, metadata=ABOUT["gap_prior"])
    second_purchase_days: int = field(default=90, metadata=ABOUT["second_purchase_days"])
    new_customer_days: int = field(default=365, metadata=ABOUT["new_customer_days"])
    confidence: Fraction = field(default=Fraction(19, 20), metadata=ABOUT["confidence"])
    alarm_confidence: Fraction = field(default=Fraction(19, 20), metadata=ABOUT["alarm_confidence"])
    alarm_baseline: str = field(default="season", metadata=ABOUT["alarm_baseline"])
    alarm_correction: str = field(default="holm", metadata=ABOUT["alarm_correction"])
    discount_rate: Fraction = field(default=Fraction(1, 10), metadata=ABOUT["discount_rate"])
    clv_months: int = field(default=12, metadata=ABOUT["clv_months"])
    forecast_interval: Fraction = field(default=Fraction(4, 5), metadata=ABOUT["forecast_interval"])
    risk_days: int = field(default=90, metadata=ABOUT["risk_days"])

    def __post_init__(self) -> None:
        for rule in dataclasses.fields(self):
            value = rule.metadata["reader"](rule.name, getattr(self, rule.name))
            object.__setattr__(self, rule.name, value)
        for name in ("rfm_recency_thresholds", "rfm_frequency_thresholds", "rfm_amount_thresholds"):
            self._check_step_count(name, getattr(self, name))

    def _check_step_count(self, name: str, thresholds: tuple[Any, ...] | None) -> None:
        if thresholds is not None and len(thresholds) != self.rfm_scores - 1:
            raise ParameterError(
                "bad_threshold_count",
                "{name} has {count} values; {scores} scores need {needed}.",
                "Give one threshold fewer than rfm_scores, or change rfm_scores.",
                name=name,
                count=len(thresholds),
                scores=self.rfm_scores,
                needed=self.rfm_scores - 1,
            )

    @property
    def activity_days(self) -> int:
        """Days of the window policy: its own, else the window."""
        return self.policy.days if self.policy.days is not None else self.window

    @property
    def activity_k(self) -> Fraction:
        """Factor of the rhythm policy: its own, else ``rhythm_k``."""
        return self.policy.k if self.policy.k is not None else self.rhythm_k

    def changed(self, **values: Any) -> Parameters:
        """The same rules with some values replaced; unknown names raise ParameterError with a suggestion."""
        for name in values:
            if name not in ABOUT:
                raise unknown_parameter(name)
        return dataclasses.replace(self, **values)

    @classmethod
    def from_toml(cls, source: str | Path | Mapping[str, Any], other_tables: Collection[str] = ()) -> Parameters:
        """The rules of a regulars.toml file or of its parsed content; what is not said keeps its default.

        A rule stands under its table (``[classes] abc_cuts = ["80%", "90%"]``) or, as in summary.json, at the top.
        ``other_tables`` belong to other parts of the program and are passed over. Raises ParameterError.
        """
        return cls().changed(**rules_in(source, other_tables))

    def as_dict(self) -> dict[str, Any]:
        """Name → JSON-safe value, as in summary.json; ``Parameters().changed(**that)`` gives the same rules again."""
        return {name: plain(getattr(self, name)) for name in ABOUT}

    def describe(self, lang: Language) -> tuple[ParameterText, ...]:
        """Every rule with its value in ``lang``, in the order of the definitions."""
        defaults = Parameters()
        return tuple(parameter_text(name, getattr(self, name), getattr(defaults, name), lang) for name in ABOUT)
