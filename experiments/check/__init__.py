"""`firedrill check`: whether a scenario folder is whole and consistent, in seconds, without a cluster."""

from experiments.check.check import Tools, check, check_namespaces
from experiments.check.classes import scaling_classes
from experiments.check.kustomize import Kustomize
from experiments.check.promtool import Promtool

__all__ = ["Kustomize", "Promtool", "Tools", "check", "check_namespaces", "scaling_classes"]
