"""What every figure means: the registry that the command line, the report and the documents read."""

from regulars.engine.definitions.definition import Definition
from regulars.engine.definitions.registry import (
    REGISTRY,
    SECTIONS,
    explaining,
    find,
    registry_messages,
    section_title,
)

__all__ = ["REGISTRY", "SECTIONS", "Definition", "explaining", "find", "registry_messages", "section_title"]
