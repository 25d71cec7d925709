"""What one run knows of everybody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from regulars.engine.assign import AssignTally
from regulars.engine.facts import BucketFacts
from regulars.engine.fold import FoldTally, Plan, RankTally
from regulars.engine.origins import OriginTally
from regulars.engine.parameters import Parameters
from regulars.engine.population import Thresholds
from regulars.engine.products import ProductTally
from regulars.engine.rhythm_activity import RhythmMovements
from regulars.runners.contacts import ContactList
from regulars.runners.forecast import Forecast
from regulars.runners.worth import WorthTally

Sink = Callable[[pa.RecordBatch], None]


@dataclass(frozen=True)
class Population:
    """All that one run knows of everybody: merged tallies and the thresholds cut from them.

    Of ``rank`` the counts of amounts are empty: only the thresholds need them, and they are large.
    """

    plan: Plan
    parameters: Parameters
    digits: int
    fold: FoldTally
    rank: RankTally
    limits: Thresholds
    sums: AssignTally
    unattributed: BucketFacts
    rhythm_movements: RhythmMovements | None
    channels: OriginTally | None
    campaigns: OriginTally | None
    products: ProductTally | None
    contacts: ContactList
    quadrant_points: list[list[Any]] | None
    last_day: int
    forecast: Forecast | None
    worth: WorthTally | None

    @property
    def minor(self) -> int:
        """Minor units in one unit of the currency."""
        return 10**self.digits
