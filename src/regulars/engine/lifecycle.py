"""Lifecycle in both views (definitions, section 4).

View A, tested from the last stage to the first: churned (not active) · decline (late by own rhythm, or the newer half
of the window brought at most half of the older) · maturity (3 or more purchase days) · growth. View B: first (1
purchase day) · repeat (2–3) · loyal (4 or more and active; not active: repeat).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int8]
Flags = NDArray[np.bool_]
STAGES = ("growth", "maturity", "decline", "churned")
STEPS = ("first", "repeat", "loyal")


def stage_codes(purchase_days: NDArray[np.int32], active: Flags, declining: Flags, growth_max: int) -> Codes:
    """View A: index into STAGES; ``declining`` = late or falling."""
    stage = np.where(purchase_days > growth_max, 1, 0)
    return np.where(~active, 3, np.where(declining, 2, stage)).astype(np.int8)


def step_codes(purchase_days: NDArray[np.int32], active: Flags, loyal_min: int) -> Codes:
    """View B: index into STEPS."""
    step = np.where(purchase_days > 1, 1, 0)
    return np.where((purchase_days >= loyal_min) & active, 2, step).astype(np.int8)
