import { randomUUID } from "node:crypto";

import { call } from "../../countersign/client";
import { Failure, localProblem } from "../../countersign/problem";
import type {
  FieldProblem,
  FunctionContext,
  NewOrder,
  Order,
  PlaceOrderParameters,
  PlaceOrderResult,
} from "../../countersign/types";

/** Place an order through the signed door. A refusal is a result, not an exception. */
export const main = async (context: FunctionContext = {}): Promise<unknown> => {
  const result = await placeOrder(context.parameters ?? context.body);
  // HubSpot gives `method` at an endpoint only, and wants a status there.
  if (context.method === undefined) return result;
  return { statusCode: result.ok ? 200 : result.problem.status, body: result };
};

async function placeOrder(input: unknown): Promise<PlaceOrderResult> {
  const errors = faults(input);
  if (errors.length > 0) {
    const problem = localProblem(400, "invalid_request", "The order is not well formed", errors);
    return { ok: false, problem, retryable: false, idempotencyKey: null };
  }
  const { order, idempotencyKey = randomUUID() } = input as PlaceOrderParameters;
  try {
    const placed = await call<Order>({
      method: "POST",
      path: ["v1", "orders"],
      body: order,
      idempotencyKey,
    });
    return { ok: true, order: placed, idempotencyKey };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { ok: false, problem: error.problem, retryable: error.retryable, idempotencyKey };
  }
}

/** Only what must be right to send anything sensible; the API judges the rest, field by field. */
function faults(input: unknown): FieldProblem[] {
  const { order, idempotencyKey } = (input ?? {}) as Partial<PlaceOrderParameters>;
  const found: FieldProblem[] = [];
  const fault = (field: string, message: string) =>
    found.push({ field, code: "invalid", message });
  if (idempotencyKey !== undefined && !isKey(idempotencyKey)) {
    fault("idempotencyKey", "1 to 255 visible ASCII characters");
  }
  if (typeof order !== "object" || order === null) {
    fault("order", "an object is needed");
    return found;
  }
  const { currency, lines } = order as Partial<NewOrder>;
  if (!/^[A-Z]{3}$/.test(String(currency))) fault("order.currency", "an ISO 4217 code is needed");
  if (!Array.isArray(lines) || lines.length === 0) fault("order.lines", "at least one is needed");
  return found;
}

function isKey(value: unknown): boolean {
  return typeof value === "string" && /^[\x21-\x7e]{1,255}$/.test(value);
}
