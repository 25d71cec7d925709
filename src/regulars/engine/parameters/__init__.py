"""The rules of an analysis: what they are, where they come from, how they read."""

from regulars.engine.parameters.policy import ActivityPolicy
from regulars.engine.parameters.rules import Parameters
from regulars.engine.parameters.toml import TABLES
from regulars.engine.parameters.words import ParameterText, option_name, rule_messages

__all__ = ["TABLES", "ActivityPolicy", "ParameterText", "Parameters", "option_name", "rule_messages"]
