"""The folder that would be uploaded: complete, declared, and accepted by HubSpot's own parser."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from core.crm.events import PRIVACY, SINGULAR, TYPES
from core.crm.ownership import RULES
from tests.clients_hubspot.conftest import HERE, ORDER, node, secrets

if TYPE_CHECKING:
    from pathlib import Path

    from tests.clients_hubspot.door import Door

FOLDER = "dist/app/functions"
FUNCTIONS = {
    "stock": {"sku": "TEE-M"},
    "place-order": {"order": ORDER},
    "order-state": {"orderId": "1"},
    "return-lines": {"orderId": "1", "lines": [{"number": 1, "quantity": 1}]},
}


WEBHOOKS = "dist/app/webhooks/webhooks-hsmeta.json"


def parse(project: Path) -> Any:
    """Read the project with @hubspot/project-parsing-lib."""
    return node(HERE / "parse_project.mjs", project, HERE / "component-schemas.json").result


def declared(project: Path) -> dict[str, list[str]]:
    """Return each function's declared secrets by its file's name."""
    metas = [json.loads(p.read_text()) for p in (project / FOLDER).glob("*-hsmeta.json")]
    return {m["config"]["entrypoint"].split("/")[-1]: m["config"]["secretKeys"] for m in metas}


def test_hubspot_accepts_the_project(project: Path) -> None:
    """HubSpot's parser takes every file, finds app and functions, and refuses nothing."""
    parsed = parse(project)
    assert parsed["refused"] is None
    assert parsed["skipped"] == []
    assert parsed["config"]["platformVersion"] == "2026.09"
    assert parsed["functions"] == len(declared(project)) == len(FUNCTIONS)
    for name in FUNCTIONS:
        assert parsed["nodes"][name]["componentDeps"]["app"] == "countersign"


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("hsproject.json", "2026.09", "2026.99"),
        ("dist/app/app-hsmeta.json", '"distribution"', '"distributed"'),
        (f"{FOLDER}/place-order-hsmeta.json", '"uid"', '"id"'),
        (f"{FOLDER}/place-order-hsmeta.json", '"secretKeys"', '"secrets"'),
        (f"{FOLDER}/place-order-hsmeta.json", '"config"', '"settings"'),
        (WEBHOOKS, '"targetUrl"', '"target"'),
        (WEBHOOKS, "https://", "http://"),
    ],
)
def test_a_wrong_declaration_is_refused(
    project: Path, tmp_path: Path, file: str, old: str, new: str
) -> None:
    """A misspelt field, version or uid does not pass the parser unseen."""
    copy = shutil.copytree(project, tmp_path / "project")
    text = (copy / file).read_text()
    assert old in text
    (copy / file).write_text(text.replace(old, new))
    assert parse(copy)["refused"]


def test_subscriptions_are_what_the_door_looks_at(project: Path) -> None:
    """Every property that has an owner is subscribed to once, every event of the allow-list too."""
    config = json.loads((project / WEBHOOKS).read_text())["config"]
    listed = [
        (s["subscriptionType"], s.get("objectType", ""), s.get("propertyName", ""))
        for group in config["subscriptions"].values()
        for s in group
    ]
    assert len(set(listed)) == len(listed)
    names = SINGULAR
    wanted = {("object.propertyChange", names[kind], name) for kind, name in RULES}
    wanted |= {(f"object.{e}", n, "") for e in ("deletion", "restore") for n in names.values()}
    wanted |= {("object.merge", "contact", ""), (PRIVACY, "", "")}
    assert set(listed) == wanted
    assert {name for name, _, _ in listed} <= TYPES


def test_every_entrypoint_was_built(project: Path) -> None:
    """What a declaration names is there, and no TypeScript source is uploaded."""
    built = {p.name for p in (project / FOLDER).glob("*.js")}
    assert built == set(declared(project))
    assert not list((project / "dist").rglob("*.ts"))


def test_a_built_function_needs_only_node(project: Path) -> None:
    """The bundle holds all of its code: nothing is required but Node's own modules."""
    for file in (project / FOLDER).glob("*.js"):
        required = re.findall(r"""(?:require|import)\(\s*["']([^"']+)""", file.read_text())
        assert all(name.startswith("node:") for name in required), required
    assert json.loads((project / FOLDER / "package.json").read_text())["dependencies"] == {}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_declared_secrets_are_the_ones_read(project: Path, door: Door, name: str) -> None:
    """A function reads the secrets that its hsmeta declares, all of them and no other variable."""
    file = project / FOLDER / f"{name}.js"
    parameters = json.dumps(FUNCTIONS[name])
    seen = node(HERE / "secrets_read.mjs", file, parameters, **secrets(door)).result
    assert seen["ok"]
    assert set(seen["read"]) == set(declared(project)[f"{name}.js"])


SHARED = ("client", "clock", "credentials", "door", "retry", "sessions", "signing", "vending")


@pytest.mark.parametrize("module", SHARED)
def test_the_signing_code_is_shared(project: Path, module: str) -> None:
    """Every built function holds the same signing code, to the byte: there is one of it."""
    marked = rf"^// \S*/countersign/{module}\.ts\n(.*?)(?=^// \S+\.(?:ts|m?js)$)"
    code = re.compile(marked, re.MULTILINE | re.DOTALL)
    found = {code.findall((project / FOLDER / f"{name}.js").read_text())[0] for name in FUNCTIONS}
    assert len(found) == 1


def test_no_secret_has_a_name_that_lambda_reserves(project: Path) -> None:
    """HubSpot runs functions on Lambda, which sets AWS_* itself: neither declared nor read."""
    for name, names in declared(project).items():
        assert not [n for n in names if n.startswith(("AWS_", "LAMBDA_", "HS_"))]
        assert "AWS_" not in (project / FOLDER / name).read_text()
