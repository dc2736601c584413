"""Scenario folders: found in packs, never listed; read without a cluster."""

from experiments.catalogue.discovery import Catalogue
from experiments.catalogue.folder import ScenarioFolder

__all__ = ["Catalogue", "ScenarioFolder"]
