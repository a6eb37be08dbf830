"""The published types fit the API: what OpenAPI says an answer holds, TypeScript takes as it is."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.clients_hubspot.conftest import CLIENT, ROOT

if TYPE_CHECKING:
    from pathlib import Path

OPENAPI: dict[str, Any] = json.loads((ROOT / "docs" / "openapi.json").read_text())
ANSWERS = {"Stock": "StockOut", "Order": "OrderOut", "Return": "ReversalOut"}
BODIES = {"NewOrder": "OrderIn", "NewReturn": "ReturnIn"}
TEXTS: dict[str, Any] = {"string": "text", "integer": 1, "number": 1, "boolean": True}


def sample(schema: dict[str, Any], *, full: bool) -> Any:
    """Return a value of a schema: with all that it may have, or only with what it must have."""
    if "$ref" in schema:
        return sample(OPENAPI["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], full=full)
    if "anyOf" in schema:
        return sample(next(s for s in schema["anyOf"] if s.get("type") != "null"), full=full)
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "array":
        return [sample(schema["items"], full=full)]
    if schema.get("type") != "object":
        return TEXTS[schema["type"]]
    properties = schema.get("properties", {})
    chosen = properties if full else schema.get("required", ())
    return {name: sample(properties[name], full=full) for name in chosen}


def declarations() -> list[str]:
    """Return each schema's full and least value, as literals of the type that stands for it."""
    schemas = OPENAPI["components"]["schemas"]
    return [
        f"export const {name}{full:d}: types.{name} = {json.dumps(sample(schemas[of], full=full))};"
        for name, of in (ANSWERS | BODIES).items()
        for full in (True, False)
    ]


def compiled(folder: Path, lines: list[str]) -> subprocess.CompletedProcess[str]:
    """Check the lines as a card's code would be: strictly, with the published types."""
    source = f'import type * as types from "{CLIENT}/src/countersign/types";'
    (folder / "card.ts").write_text("\n".join([source, *lines]))
    options = {"extends": f"{CLIENT}/tsconfig.json", "include": ["card.ts"]}
    options["compilerOptions"] = {"types": []}  # type: ignore[assignment]
    (folder / "tsconfig.json").write_text(json.dumps(options))
    command = [str(ROOT / "node_modules/.bin/tsc"), "--noEmit", "--project", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_answers_and_bodies_have_the_published_shape(tmp_path: Path) -> None:
    """No field is missing, none is unknown, and what the API may leave out is optional."""
    done = compiled(tmp_path, declarations())
    assert done.returncode == 0, done.stdout


CALLS = """
declare function serverless<N extends keyof types.AppFunctions>(
  name: N, options: { parameters: types.AppFunctions[N]["parameters"] },
): Promise<types.AppFunctions[N]["result"]>;
"""
GOOD = """
const read = await serverless("stock", { parameters: { sku: "TEE-M" } });
export const shown: number | string = read.ok ? read.stock.available : read.problem.code;
const back = await serverless("return-lines", { parameters: { orderId: "1", lines: [] } });
export const key: string | null = back.idempotencyKey;
"""
BAD = [
    'await serverless("stocks", { parameters: { sku: "A" } });',
    'await serverless("stock", { parameters: { id: "A" } });',
    'export const n = (await serverless("stock", { parameters: { sku: "A" } })).stock;',
    'await serverless("place-order", { parameters: { order: { currency: "GBP" } } });',
    'await serverless("return-lines", { parameters: { orderId: "1", lines: [{ sku: "A" }] } });',
]


@pytest.mark.parametrize("line", ["", *BAD])
def test_a_card_is_checked(tmp_path: Path, line: str) -> None:
    """A function's parameters and results are known by its name; a wrong use does not compile."""
    done = compiled(tmp_path, [CALLS, GOOD, line])
    assert (done.returncode == 0) == (line == ""), done.stdout
