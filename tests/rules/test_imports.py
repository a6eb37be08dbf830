"""Who may import whom: the directions in which the code is read, held by its syntax trees.

Imports for types alone count too: they also say what a reader must know first.
"""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = ROOT / "functions"

LAYERS: tuple[frozenset[str], ...] = tuple(
    frozenset(names.split())
    for names in (
        "errors clock doors gcra ids ulids money masking",
        "routes settings contention idempotency log metrics",
        "access",
        "audit sealing",
        "inventory customers keyring",
        "orders compliance",
        "crm",
        "reconcile",
        "store hubspot tokens contact",
        "web entry",
    )
)
"""The parts of `core`, lowest first. A part imports itself and lower layers, nothing beside it."""

THIRD_PARTY: dict[str, frozenset[str]] = {
    "core.ulids": frozenset({"ulid"}),
    "core.log": frozenset({"aws_lambda_powertools"}),
    "core.store": frozenset(
        {"boto3", "botocore", "mypy_boto3_dynamodb", "mypy_boto3_s3"}
        | {"mypy_boto3_secretsmanager", "mypy_boto3_sqs", "mypy_boto3_sts"}
    ),
    "core.hubspot": frozenset({"hubspot", "urllib3"}),
    "core.metrics": frozenset({"aws_lambda_powertools"}),
    "core.tokens": frozenset({"jwt"}),
    "core.contact": frozenset({"email_validator", "phonenumbers"}),
    "core.web": frozenset({"aws_lambda_powertools", "pydantic", "pydantic_core"}),
}
"""The only modules below the handlers that import other people's code, and whose."""

TYPING = "aws_lambda_powertools.utilities.typing"
"""The type of a Lambda's context: every handler may name it."""

LAMBDAS = frozenset(p.parent.name for p in FUNCTIONS.glob("*/handler.py"))
OURS = LAMBDAS | {"core", "infra", "local", "countersign", "tests"}


@dataclass(frozen=True, slots=True)
class Import:
    """One imported module and where it stands."""

    target: str
    line: int

    @property
    def top(self) -> str:
        """The package that it is in."""
        return self.target.split(".", 1)[0]


def imports(source: str) -> list[Import]:
    """Return every import of a module; `from core import x` counts as `core.x`."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [Import(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            module = node.module or ""
            spread = module in {"core", "local", "infra", "tests"}
            names = [f"{module}.{a.name}" for a in node.names] if spread else [module]
            found += [Import(name, node.lineno) for name in names]
    return found


def violations(module: str, source: str) -> list[str]:
    """Return what a module imports and must not, each in a sentence."""
    return [
        f"{module}:{i.line} imports {i.target}"
        for i in imports(source)
        if i.top not in sys.stdlib_module_names and not _allowed(module, i)
    ]


def _allowed(module: str, imported: Import) -> bool:
    top = module.split(".", 1)[0]
    if top == "core":
        return _allowed_in_core(module, imported)
    if top in LAMBDAS:
        return _allowed_in_lambda(module, top, imported)
    if top == "infra":
        settings = {f"{name}.settings" for name in LAMBDAS}
        shared = {"core.routes", "core.settings", "core.access.issuer", "core.access.scopes"}
        shared |= {"core.crm.ownership"}
        ours = imported.top == "infra" or imported.target in shared | settings
        return ours or imported.top not in OURS
    if top == "countersign":
        return imported.top not in OURS - {"countersign"}
    if module.startswith(("local.twin", "local.demo")):
        return imported.top not in LAMBDAS | {"core", "infra", "tests"} and not (
            module.startswith("local.twin")
            and imported.target.startswith("local.")
            and not imported.target.startswith("local.twin")
        )
    return imported.top != "tests"


def _allowed_in_core(module: str, imported: Import) -> bool:
    part = ".".join(module.split(".")[:2])
    if imported.top != "core":
        return imported.top in THIRD_PARTY.get(part, ())
    if imported.target == "core":
        return False
    target = imported.target.split(".")[1]
    return part == f"core.{target}" or _layer(target) < _layer(part.removeprefix("core."))


def _allowed_in_lambda(module: str, top: str, imported: Import) -> bool:
    if imported.top in {"core", top} or imported.target == TYPING:
        return not (module.endswith(".settings") and imported.top == "core")
    if imported.top.startswith("mypy_boto3_"):
        return True  # a type of a client that is handed through to `core.store`
    return module.endswith(".schemas") and imported.top == "pydantic"


def _layer(part: str) -> int:
    return next(i for i, names in enumerate(LAYERS) if part in names)


def _modules() -> dict[str, Path]:
    """Return every module of ours that is held to a rule, by its import name."""
    found = {}
    for root, folders in (
        (FUNCTIONS, ("core", *sorted(LAMBDAS))),
        (ROOT, ("infra", "local")),
        (ROOT / "clients" / "python", ("countersign",)),
    ):
        for folder in folders:
            for path in sorted((root / folder).rglob("*.py")):
                name = ".".join(path.relative_to(root).with_suffix("").parts)
                found[name.removesuffix(".__init__")] = path
    return found


MODULES = _modules()


def test_nothing_imports_against_its_direction() -> None:
    """Guarantee: every module imports only what the layering allows."""
    wrong = [v for name, path in MODULES.items() for v in violations(name, path.read_text("utf-8"))]
    assert not wrong, "\n".join(wrong)


def test_the_layers_are_the_parts_of_core() -> None:
    """Guarantee: no part of core stands outside the layers, and no layer names a missing part."""
    parts = {p.stem for p in (FUNCTIONS / "core").iterdir() if p.stem != "__init__"}
    parts.discard("__pycache__")
    assert parts == {name for layer in LAYERS for name in layer}


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("core.orders.place", "from core.store.table import get"),
        ("core.orders.place", "from core.store import table"),
        ("core.orders.place", "import core.web.app"),
        ("core.orders.place", "from core import crm"),
        ("core.inventory.service", "from core.orders.model import Line"),
        ("core.customers.model", "from core.inventory.model import SKU"),
        ("core.access.resolve", "from core.audit import Entry"),
        ("core.errors", "from core.clock import Clock"),
        ("core.orders.plan", "import boto3"),
        ("core.crm.writer", "from core.hubspot.client import HubspotClient"),
        ("core.hubspot.client", "from core.store.table import get"),
        ("core.web.app", "import boto3"),
        ("core.masking", "import pydantic"),
        ("core.access.token", "import jwt"),
        ("core.access.jwk", "from core.tokens.keys import IssuerKeys"),
        ("core.web.app", "import cryptography"),
        ("core.store.orders", "from aws_lambda_powertools import Logger"),
        ("orders_api.endpoints", "from inventory_api.schemas import ProductIn"),
        ("orders_api.endpoints", "from pydantic import ValidationError"),
        ("orders_api.handler", "import boto3"),
        ("orders_api.settings", "from core.errors import Misconfigured"),
        ("orders_api.handler", "from local.twin.twin import Twin"),
        ("infra.door", "from core.orders.model import Order"),
        ("infra.door", "from orders_api.endpoints import Endpoints"),
        ("local.twin.app", "from core.crm.properties import UNIQUE"),
        ("local.twin.app", "from local.system import System"),
        ("local.demo.compare", "from core.money import decimal"),
        ("countersign.client", "from core.routes import ROUTES"),
        ("local.run", "from tests.support.tables import create"),
    ],
)
def test_a_wrong_direction_is_seen(module: str, line: str) -> None:
    """Guarantee: the rules refuse each wrong direction, also inside a function or for types."""
    assert violations(module, line)
    assert violations(module, f"def f():\n    {line}\n")
    assert violations(module, f"if TYPE_CHECKING:\n    {line}\n")


def test_a_folder_is_a_lambda_if_it_has_a_handler() -> None:
    """Guarantee: handler.py, settings.py and requirements.txt come together or not at all."""
    for folder in FUNCTIONS.iterdir():
        if not folder.is_dir() or folder.name in {"core", "__pycache__"}:
            continue
        names = {p.name for p in folder.iterdir()}
        assert {"handler.py", "settings.py", "requirements.txt", "__init__.py"} <= names, folder
    assert not {p.name for p in (FUNCTIONS / "core").iterdir()} & {"handler.py", "requirements.txt"}


def test_requirements_name_packages_without_versions() -> None:
    """Guarantee: versions stand in the lock file only, and boto3 comes with the runtime."""
    for path in FUNCTIONS.glob("*/requirements.txt"):
        names = path.read_text("utf-8").split()
        assert "boto3" not in names, path
        assert names == sorted(set(names)), path
        assert all(n.replace("-", "").isalnum() for n in names), path


@pytest.mark.parametrize("name", ["util", "utils", "helper", "helpers", "common", "misc", "shared"])
def test_no_module_has_a_name_that_says_nothing(name: str) -> None:
    """Guarantee: no room without a name that says what it is for."""
    assert not [m for m in MODULES if name in m.split(".")]


def test_no_file_is_longer_than_three_hundred_lines() -> None:
    """Guarantee: every file of ours can be read in one sitting."""
    tests = dict.fromkeys((ROOT / "tests").rglob("*.py"))
    paths = [*MODULES.values(), *tests]
    long = {str(p.relative_to(ROOT)): n for p in paths if (n := _lines(p)) > 300}
    assert not long


def _lines(path: Path) -> int:
    return path.read_text("utf-8").count("\n")
