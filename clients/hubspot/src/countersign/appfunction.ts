import { randomUUID } from "node:crypto";

import { type Call, call } from "./client";
import { Deadline } from "./deadline";
import { type Input, keyFaults } from "./input";
import { logFault } from "./log";
import { Failure, localProblem } from "./problem";
import type {
  AppFunctions,
  FieldProblem,
  FunctionContext,
  Keyed,
  ReadResult,
  Refusal,
  WriteResult,
} from "./types";

/** What HubSpot calls: an app function by its uid, with the result that its cards expect. */
export type AppFunction<Name extends keyof AppFunctions> = (
  context?: FunctionContext,
) => Promise<AppFunctions[Name]["result"] | { statusCode: number; body: unknown }>;

/** How a function calls the API: within its time, and a write with its key. */
export type Send = <T>(request: Omit<Call, "idempotencyKey">) => Promise<T>;

/**
 * What a function does. `faults` finds only what must be right to send anything sensible; the API
 * judges the rest, field by field.
 */
export interface Act<Parameters, Answer> {
  faults: (input: Input) => FieldProblem[];
  act: (parameters: Parameters, send: Send) => Promise<Answer>;
}

/** An app function that changes nothing. A refusal is a result, not an exception. */
export function reads<Parameters, Answer extends object>(by: Act<Parameters, Answer>) {
  return async (context: FunctionContext = {}) => {
    const input = inputOf(context);
    const result: ReadResult<Answer> = await outcome(by, input, by.faults(input));
    return atEndpoint(context, result);
  };
}

/** An app function that changes something, once for each key. A refusal is a result. */
export function writes<Parameters extends Keyed, Answer extends object>(
  by: Act<Parameters, Answer>,
) {
  return async (context: FunctionContext = {}) => {
    const input = inputOf(context);
    const faults = [...keyFaults(input), ...by.faults(input)];
    const idempotencyKey = (input as Keyed).idempotencyKey ?? randomUUID();
    const done = await outcome(by, input, faults, idempotencyKey);
    const result: WriteResult<Answer> = done.ok
      ? { ...done, idempotencyKey }
      : { ...done, idempotencyKey: faults.length > 0 ? null : idempotencyKey };
    return atEndpoint(context, result);
  };
}

async function outcome<Parameters, Answer extends object>(
  { act }: Act<Parameters, Answer>,
  input: Input,
  faults: FieldProblem[],
  idempotencyKey?: string,
): Promise<ReadResult<Answer>> {
  if (faults.length > 0) {
    const title = "The parameters are not well formed";
    return refusal(new Failure(localProblem(400, "invalid_request", title, faults)));
  }
  const deadline = new Deadline();
  const key = idempotencyKey === undefined ? {} : { idempotencyKey };
  try {
    const answer = await act(input as Parameters, (request) => call({ ...request, ...key }, deadline));
    return { ok: true, ...answer };
  } catch (error) {
    if (error instanceof Failure) return refusal(error);
    // HubSpot would log the error whole, and its text may quote what was sent.
    logFault(error);
    return refusal(new Failure(localProblem(500, "internal_error", "The function failed")));
  }
}

function refusal({ problem, retryable }: Failure): Refusal {
  return { ok: false, problem, retryable };
}

function inputOf({ parameters, body }: FunctionContext): Input {
  const input = parameters ?? body;
  return typeof input === "object" && input !== null ? (input as Input) : {};
}

/** HubSpot gives `method` at an endpoint only, and wants a status there. */
function atEndpoint<Result extends { ok: true } | Refusal>({ method }: FunctionContext, result: Result) {
  if (method === undefined) return result;
  return { statusCode: result.ok ? 200 : result.problem.status, body: result };
}
