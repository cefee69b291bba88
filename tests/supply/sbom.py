"""`python -m tests.supply.sbom [FILE]`: what is in what we ship, as CycloneDX 1.6.

The same lock makes the same bytes: no time and no serial number stand in it. It names no registry: a package is named
by its purl, and what it may look like by its hashes, wherever it came from.
"""

import base64
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.bom_ref import BomRef
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from tests.supply.locked import ROOT, Package, npm_packages, python_packages

FILE = ROOT / "sbom.cdx.json"


def bom() -> Bom:
    """Everything of the runtime lock, what the pages are drawn with, and (excluded) what that is made by."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    ours = Component(
        name=project["name"],
        version=project["version"],
        type=ComponentType.APPLICATION,
        licenses=[LicenseExpression(project["license"])],
        bom_ref="hjerteloeber",
    )
    parts = [*map(_of_python, python_packages()), *map(_of_npm, npm_packages())]
    made = Bom(components=parts)
    made.metadata.component = ours
    made.register_dependency(ours, [part for part in parts if part.scope is ComponentScope.REQUIRED])
    return made


def text() -> str:
    """As it is written."""
    made = bom()
    made.serial_number = None  # type: ignore[assignment]
    made.metadata.timestamp = None  # type: ignore[assignment]
    return JsonV1Dot6(made).output_as_string(indent=2) + "\n"


def mistakes_in(said: str) -> list[str]:
    """What the schema of CycloneDX 1.6 finds wrong, strictly read."""
    wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(said, all_errors=True)
    return [str(each) for each in wrong or ()]


def _of_python(package: Package) -> Component:
    return _component(package, "pypi", (HashType(alg=HashAlgorithm.SHA_256, content=each) for each in package.hashes))


def _of_npm(package: Package) -> Component:
    digests = (base64.b64decode(each.removeprefix("sha512-")).hex() for each in package.hashes)
    return _component(package, "npm", (HashType(alg=HashAlgorithm.SHA_512, content=each) for each in digests))


def _component(package: Package, kind: str, hashes: Iterable[HashType]) -> Component:
    group, _, name = package.name.rpartition("/")
    purl = PackageURL(kind, group or None, name, package.version)
    return Component(
        name=name,
        group=group or None,
        version=package.version,
        type=ComponentType.LIBRARY,
        scope=ComponentScope.REQUIRED if package.shipped else ComponentScope.EXCLUDED,
        purl=purl,
        bom_ref=BomRef(purl.to_string()),
        licenses=[LicenseExpression(package.licence)] if package.licence else (),
        external_references=[
            ExternalReference(type=ExternalReferenceType.DISTRIBUTION, url=XsUri(purl.to_string()), hashes=hashes)
        ],
    )


def main(arguments: list[str]) -> int:
    said = text()
    if wrong := mistakes_in(said):
        sys.stderr.write("\n".join(wrong) + "\n")
        return 1
    file = Path(arguments[0]) if arguments else FILE
    file.write_text(said, "utf-8")
    sys.stdout.write(f"{file}: {len(bom().components)} components, valid CycloneDX 1.6\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
