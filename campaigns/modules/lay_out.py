"""Laying out a new module: the made-up municipality's files under another name."""

import re
from importlib import resources
from pathlib import Path

from campaigns.modules.find import GROUP

EXAMPLE = "campaigns.eksempel_kommune"
_NAME = re.compile(r"[a-z][a-z0-9-]{1,39}")

_PYPROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "hjerteloeber-{name}"
version = "0.1.0"
description = "A campaign module for Hjerteløber: files only"
requires-python = ">=3.11"

# By this it is found.
[project.entry-points."{group}"]
{name} = "{package}"

[tool.hatch.build.targets.wheel]
packages = ["{package}"]
"""

_INIT = '''\
"""A campaign module for Hjerteløber. Files only."""
'''


class CannotLayOut(Exception):
    """Why not, and what would be right. Nothing was written."""


def lay_out(name: str, into: Path) -> Path:
    """The folder of a new module, a distribution to be installed with pip. Raises CannotLayOut."""
    if not _NAME.fullmatch(name):
        raise CannotLayOut(f"{name!r} cannot be a module's name: small letters a–z, digits and hyphens, a letter first")
    folder, package = into / name, f"campaign_{name.replace('-', '_')}"
    if folder.exists():
        raise CannotLayOut(f"{folder} is there already: another name, or --into another folder")
    (folder / package).mkdir(parents=True)
    (folder / "pyproject.toml").write_text(_PYPROJECT.format(name=name, group=GROUP, package=package), "utf-8")
    (folder / package / "__init__.py").write_text(_INIT, "utf-8")
    for file in resources.files(EXAMPLE).iterdir():
        if file.name.endswith((".toml", ".csv")):
            (folder / package / file.name).write_bytes(file.read_bytes())
    return folder
