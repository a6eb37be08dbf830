import type { FieldProblem, Problem } from "./types";

/** A call that ended without what was asked for. */
export class Failure extends Error {
  constructor(
    readonly problem: Problem,
    readonly retryable = false,
  ) {
    super(problem.code);
    this.name = "Failure";
  }
}

/** A problem found on this side, before or instead of an answer. */
export function localProblem(
  status: number,
  code: string,
  title: string,
  errors?: FieldProblem[],
): Problem {
  return { type: "about:blank", title, status, code, ...(errors ? { errors } : {}) };
}

/** A secret is missing or wrong; the title says which, and not what it is. */
export function notConfigured(title: string): Failure {
  return new Failure(localProblem(500, "not_configured", title));
}

/** The call was not made, since there was nothing to sign it with. */
export function noCredentials(detail: string, retryable: boolean, instance?: string): Failure {
  const problem = localProblem(retryable ? 503 : 502, "no_credentials", "No credentials to sign with");
  return new Failure({ ...problem, detail, ...(instance ? { instance } : {}) }, retryable);
}

/**
 * The problem that an answer holds.
 *
 * Only RFC 9457 members pass. API Gateway's own `{"message": …}` never does: for a wrong signature it
 * repeats the canonical request, session token included.
 */
export function problemOf(status: number, headers: Headers, text: string): Problem {
  const sent = parsed(text);
  const name = headers.get("x-amzn-errortype")?.split(":")[0];
  const title = string(sent["title"]) ?? name ?? "The call was refused";
  const detail = string(sent["detail"]);
  const instance = string(sent["instance"]) ?? headers.get("x-amzn-requestid");
  return {
    type: string(sent["type"]) ?? "about:blank",
    title,
    status,
    code: string(sent["code"]) ?? `http_${status}`,
    ...(detail ? { detail } : {}),
    ...(instance ? { instance } : {}),
    ...(Array.isArray(sent["errors"]) ? { errors: sent["errors"] as FieldProblem[] } : {}),
  };
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function string(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
