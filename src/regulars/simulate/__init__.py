"""Invented shops with known truth, and streams of facts for benchmarks."""

from regulars.simulate.export import write_shop
from regulars.simulate.histories import Histories, simulate_histories
from regulars.simulate.shop import Shop, simulate_shop
from regulars.simulate.stream import stream_facts, write_facts

__all__ = ["Histories", "Shop", "simulate_histories", "simulate_shop", "stream_facts", "write_facts", "write_shop"]
