"""The bill of materials: valid CycloneDX, complete, and the same each time."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from local.supply import sbom
from local.supply.locks import PYTHON, node_pins, python_pins

VERSIONS = {"1.5": SchemaVersion.V1_5, "1.6": SchemaVersion.V1_6}


@pytest.fixture(scope="module")
def bills(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Write the files as a release does; of Python's locks the smallest, since all go one way."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sbom, "PYTHON", {"lambda": PYTHON["lambda"]})
        written = sbom.write(tmp_path_factory.mktemp("sbom"))
    return {path.name: json.loads(path.read_text("utf-8")) for path in written}


def test_each_file_is_valid(bills: dict[str, dict[str, Any]]) -> None:
    """Guarantee: CycloneDX's own strict schema accepts every file."""
    assert len(bills) == 2
    for name, bill in bills.items():
        validator = JsonStrictValidator(VERSIONS[bill["specVersion"]])
        assert validator.validate_str(json.dumps(bill)) is None, name


def test_each_locked_package_is_listed_with_hash_and_licence(
    bills: dict[str, dict[str, Any]],
) -> None:
    """Guarantee: what is locked is listed, by package URL, with a hash and a licence."""
    listed = {c["purl"] for bill in bills.values() for c in bill["components"]}
    python = {f"pkg:pypi/{pin.name}@{pin.version}" for pin in python_pins(PYTHON["lambda"])}
    node = {f"pkg:npm/{p.name.replace('@', '%40')}@{p.version}" for p in node_pins()}
    assert listed == python | node
    for bill in bills.values():
        for component in bill["components"]:
            assert component["licenses"], component["name"]
            assert "hashes" in json.dumps(component), component["name"]


def test_the_same_locks_give_the_same_bytes(bills: dict[str, dict[str, Any]]) -> None:
    """Guarantee: no time, no random number and no folder's name is in them."""
    assert sbom.node_bill("countersign") == next(v for n, v in bills.items() if "node" in n)
    again = sbom.python_bill("lambda", PYTHON["lambda"])
    assert again == next(v for n, v in bills.items() if "lambda" in n)
    assert not {"serialNumber", "timestamp"} & {*again, *again["metadata"]}
