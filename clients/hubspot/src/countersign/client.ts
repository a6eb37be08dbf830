import { correctFrom } from "./clock";
import { type Path, type Query, resource } from "./door";
import { Failure, localProblem, problemOf } from "./problem";
import { type Refusal, isRepeatable, isTemporary, waitBefore } from "./retry";
import { signed } from "./signing";
import type { Problem } from "./types";

/** One call to the API. A POST is sent again only if it has an `idempotencyKey`. */
export interface Call {
  method: "GET" | "PUT" | "POST";
  path: Path;
  query?: Query;
  body?: unknown;
  idempotencyKey?: string;
}

interface Refused extends Refusal {
  ok: false;
  date: string | null;
  problem: Problem;
}

type Outcome = { ok: true; value: unknown } | Refused;

/** HubSpot stops a function after 15 s; what is left is for its start and its answer. */
const BUDGET_MS = 12_000;
const ATTEMPT_MS = 6_000;
const SHORTEST_ATTEMPT_MS = 500;

/**
 * Sign, send, and send again while that is safe, may help and fits into the budget.
 *
 * Key and body are the same in every attempt; only the signature is new. Throws {@link Failure}.
 */
export async function call<T>(request: Call): Promise<T> {
  const deadline = performance.now() + BUDGET_MS;
  const body = request.body === undefined ? undefined : JSON.stringify(request.body);
  let undoCorrection: (() => void) | null = null;
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await send(request, body, deadline - performance.now());
    if (outcome.ok) return outcome.value as T;
    if (outcome.status === 403) {
      if (undoCorrection) undoCorrection(); // the clock was not it
      else if ((undoCorrection = correctFrom(outcome.date))) {
        log("signed anew, clock corrected", attempt, outcome.problem);
        continue;
      }
    }
    const temporary = isTemporary(outcome);
    const wait = waitBefore(attempt, outcome.retryAfter);
    const inTime = performance.now() + wait + SHORTEST_ATTEMPT_MS < deadline;
    const again = temporary && inTime && isRepeatable(request.method, request.idempotencyKey);
    log(again ? "repeated" : "failed", attempt, outcome.problem);
    if (!again) throw new Failure(outcome.problem, temporary);
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

async function send(request: Call, body: string | undefined, leftMs: number): Promise<Outcome> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (body !== undefined) headers["content-type"] = "application/json";
  if (request.idempotencyKey !== undefined) headers["idempotency-key"] = request.idempotencyKey;
  const url = resource(request.path, request.query);
  const message = await signed({ method: request.method, url, headers, body });
  const signal = AbortSignal.timeout(Math.ceil(Math.max(0, Math.min(ATTEMPT_MS, leftMs))));
  try {
    const response = await fetch(message, { signal });
    return outcomeOf(response.status, response.headers, await response.text());
  } catch (error) {
    return unanswered(error);
  }
}

function outcomeOf(status: number, headers: Headers, text: string): Outcome {
  if (status >= 200 && status < 300) {
    try {
      return { ok: true, value: JSON.parse(text) };
    } catch {
      return refused(localProblem(502, "bad_answer", "The answer was not JSON"), headers);
    }
  }
  return refused(problemOf(status, headers, text), headers);
}

/** What `fetch` throws: TimeoutError when the signal ended it, TypeError for anything of the network. */
function unanswered(error: unknown): Refused {
  if (error instanceof DOMException && error.name === "TimeoutError") {
    const title = "No answer in time; the call may have taken effect";
    return refused(localProblem(504, "timeout", title), new Headers());
  }
  if (!(error instanceof TypeError)) throw error;
  const title = "The API could not be reached";
  return refused(localProblem(502, "network_error", title), new Headers());
}

function refused(problem: Problem, headers: Headers): Refused {
  return {
    ok: false,
    status: problem.status,
    retryAfter: headers.get("retry-after"),
    date: headers.get("date"),
    problem,
  };
}

/** No URL, no body, no header: a log holds neither secrets nor people. */
function log(event: string, attempt: number, problem: Problem): void {
  const { status, code, instance } = problem;
  console.warn(JSON.stringify({ message: `countersign call ${event}`, attempt, status, code, instance }));
}
