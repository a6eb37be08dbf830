import type { Deadline } from "./deadline";
import { localProblem, problemOf } from "./problem";
import type { Refusal } from "./retry";
import type { Problem } from "./types";

/** An answer with a JSON object. `date` is the service's clock, as it was sent. */
export interface Answered {
  ok: true;
  body: Record<string, unknown>;
  date: string | null;
}

export interface Refused extends Refusal {
  ok: false;
  date: string | null;
  problem: Problem;
}

export type Outcome = Answered | Refused;

/** Send one request; whatever becomes of it is an outcome, in time and never an exception. */
export async function exchange(request: Request, deadline: Deadline): Promise<Outcome> {
  const signal = AbortSignal.timeout(Math.ceil(deadline.leftMs()));
  try {
    const response = await fetch(request, { signal });
    return outcomeOf(response, await response.text());
  } catch (error) {
    return unanswered(error);
  }
}

function outcomeOf({ ok, status, headers }: Response, text: string): Outcome {
  if (!ok) return refused(problemOf(status, headers, text), headers);
  const body = object(text);
  if (body) return { ok: true, body, date: headers.get("date") };
  return refused(localProblem(502, "bad_answer", "The answer was not a JSON object"), headers);
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

function object(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    const is = typeof value === "object" && value !== null && !Array.isArray(value);
    return is ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
