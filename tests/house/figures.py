"""Every figure of the program, as Prometheus sees it."""

import importlib
import pkgutil

from prometheus_client.metrics import MetricWrapperBase

import backend


def figures() -> dict[str, frozenset[str]]:
    """The name of each sample that a process can show, with its labels."""
    found: dict[str, frozenset[str]] = {}
    for module in pkgutil.walk_packages(backend.__path__, "backend."):
        if module.name.startswith("backend.demo") or module.name.endswith("__main__"):
            continue  # not in production
        for each in vars(importlib.import_module(module.name)).values():
            if isinstance(each, MetricWrapperBase):
                labels = frozenset(each._labelnames)
                match each._type:
                    case "counter":
                        found[f"{each._name}_total"] = labels
                    case "histogram":
                        found |= {f"{each._name}_bucket": labels | {"le"}}
                        found |= {f"{each._name}_{end}": labels for end in ("sum", "count")}
                    case _:
                        found[each._name] = labels
    return found
