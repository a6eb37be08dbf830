"""What a bundle carries: its function, the core that it imports, their packages, nothing more."""

from __future__ import annotations

import shutil
import zipfile
from email import message_from_bytes
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from infra import FUNCTIONS
from infra.imports import of_function
from infra.wheels import NOT_NEEDED, PROVIDED
from tests.bundles import bare
from tests.bundles.conftest import FOLDERS, HERE
from tests.bundles.packages import asked_for, mismatch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.bundles.conftest import Unpacked

folders = pytest.mark.parametrize("folder", FOLDERS)

PEOPLE = {"customers_api", "orders_api"}
"""Functions that take a person's e-mail address and phone number."""

ONLY_IN = {
    "pydantic": {"access_api", "credentials_api", "inventory_api", *PEOPLE},
    "email-validator": PEOPLE,
    "phonenumberslite": PEOPLE,
    "dnspython": set[str](),
    "cryptography": {"authorizer"},
    "pyjwt": {"authorizer"},
    "hubspot-api-client": {
        *("hubspot_check", "hubspot_inbound", "hubspot_oauth", "hubspot_provision"),
        *("hubspot_sync", "reconcile"),
    },
    "boto3": set[str](),
    "botocore": set[str](),
    "moto": set[str](),
    "aws-cdk-lib": set[str](),
    "pytest": set[str](),
}
"""Packages that only these functions may carry. The runtime supplies boto3."""

LATE = {"authorizer": ("core.tokens.signature",)} | dict.fromkeys(
    PEOPLE, ("core.contact.emails", "core.contact.phones")
)
"""Modules that a function imports only when they are needed, with what they need."""

IN_ONE_WHEEL = {"cffi"}
"""What comes in the wheel of a module that is in use: of cffi that is `_cffi_backend`."""

ZIPPED, UNPACKED = 50 * 1024**2, 250 * 1024**2
"""Lambda's limits."""


@pytest.fixture(scope="session")
def secrets() -> Iterator[str]:
    """Return the address of a stand-in for Secrets Manager."""
    yield from bare.secrets()


@folders
def test_the_handler_loads_with_the_bundle_and_boto3_alone(
    unpacked: Mapping[str, Unpacked], folder: str, secrets: str
) -> None:
    """Nothing is missing: a bare interpreter imports it, and with warnings as errors."""
    found = bare.load(unpacked[folder].root, folder, secrets)
    assert f"{folder}.handler" in found["inside"]


@folders
def test_no_package_is_carried_that_is_not_imported(
    unpacked: Mapping[str, Unpacked], folder: str, secrets: str
) -> None:
    """Each top-level module of the zip is in use once the handler is loaded, or late ones are."""
    late = LATE.get(folder, ())
    loaded = set(bare.load(unpacked[folder].root, folder, secrets, *late)["loaded"])
    assert carried_modules(unpacked[folder]) - IN_ONE_WHEEL <= loaded


def carried_modules(bundle: Unpacked) -> set[str]:
    """Return the top-level modules and packages in the zip."""
    tops = {name.split("/")[0] for name in bundle.names}
    kept = {top for top in tops if not top.endswith(".dist-info") and top != "__pycache__"}
    return {top.split(".")[0] for top in kept}


@folders
def test_loading_does_not_touch_what_others_carry(
    unpacked: Mapping[str, Unpacked], folder: str, secrets: str
) -> None:
    """A cold start pays for no package of other functions, nor for what is needed late or never."""
    loaded = set(bare.load(unpacked[folder].root, folder, secrets)["loaded"])
    for module, package in {"pydantic": "pydantic", "hubspot": "hubspot-api-client"}.items():
        assert (module in loaded) == (folder in ONLY_IN[package]), module
    late = {"cryptography", "jwt", "email_validator", "phonenumbers"}
    assert not loaded & (late | {"moto", "aws_cdk"})


@folders
def test_every_package_is_imported_and_every_import_is_a_package(folder: str) -> None:
    """requirements.txt names what the source imports, neither more nor less."""
    assert mismatch(folder, FUNCTIONS) == (set(), set())


def test_a_package_too_many_or_too_few_is_noticed(tmp_path: Path) -> None:
    """One name more in a requirements.txt, or one import more in the code, is reported."""
    copy = tmp_path / "functions"
    shutil.copytree(FUNCTIONS, copy)
    wanted = copy / "nudge" / "requirements.txt"
    wanted.write_text(wanted.read_text("utf-8") + "pydantic\n", "utf-8")
    assert mismatch("nudge", copy) == (set(), {"pydantic"})
    handler = copy / "sweeper" / "handler.py"
    handler.write_text(handler.read_text("utf-8") + "\nimport requests\n", "utf-8")
    assert mismatch("sweeper", copy) == ({"requests"}, set())


@folders
def test_a_bundle_carries_its_requirements_and_theirs(
    unpacked: Mapping[str, Unpacked], folder: str
) -> None:
    """Every distribution in the zip is asked for, or needed by one that is; none is missing."""
    needs = distributions(unpacked[folder])
    reached: set[str] = set()
    waiting = asked_for(FUNCTIONS / folder)
    while waiting:
        name = waiting.pop()
        reached.add(name)
        waiting |= needs[name] - reached
    assert set(needs) == reached


def distributions(bundle: Unpacked) -> dict[str, set[str]]:
    """Return each distribution in the zip with what it needs on this machine's platform."""
    found = {}
    with zipfile.ZipFile(bundle.zip) as archive:
        for entry in archive.namelist():
            if entry.endswith(".dist-info/METADATA"):
                told = message_from_bytes(archive.read(entry))
                name = str(canonicalize_name(told["Name"]))
                wanted = map(Requirement, told.get_all("Requires-Dist", []))
                needs = {
                    str(canonicalize_name(r.name))
                    for r in wanted
                    if r.marker is None or r.marker.evaluate(HERE.markers)
                }
                found[name] = needs - PROVIDED - NOT_NEEDED.get(name, frozenset())
    return found


@folders
def test_a_package_is_only_where_it_belongs(unpacked: Mapping[str, Unpacked], folder: str) -> None:
    """HubSpot's SDK is with those that call HubSpot, pydantic with those that have a door."""
    carried = set(distributions(unpacked[folder]))
    for package, allowed in ONLY_IN.items():
        assert (package in carried) == (folder in allowed), package


@folders
def test_own_code_is_the_function_and_its_part_of_core(
    unpacked: Mapping[str, Unpacked], folder: str
) -> None:
    """No other function's code is there, and no part of core that is not imported."""
    top = {*FOLDERS, "core"}
    own = {n for n in unpacked[folder].names if n.split("/")[0] in top and n.endswith(".py")}
    assert own == {f.as_posix() for f in of_function(folder, FUNCTIONS).files}
    assert {n.split("/")[0] for n in own} == {folder, "core"}


@folders
def test_a_bundle_is_lean_and_within_lambdas_limits(
    unpacked: Mapping[str, Unpacked], folder: str
) -> None:
    """No tests, stubs, sources of C or install records; far below Lambda's sizes."""
    bundle = unpacked[folder]
    for name in bundle.names:
        assert not {"tests", "test"} & set(name.split("/")[:-1]), name
        assert not name.endswith((".pyi", ".c", ".h", "/RECORD", "/INSTALLER")), name
    assert bundle.zip.stat().st_size < ZIPPED / 2
    with zipfile.ZipFile(bundle.zip) as archive:
        assert sum(entry.file_size for entry in archive.infolist()) < UNPACKED / 2
