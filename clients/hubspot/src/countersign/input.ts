import type { FieldProblem } from "./types";

/** What a card sent: nothing about it is known. */
export type Input = Readonly<Record<string, unknown>>;

/** A key that is given must be one that a header can hold. */
export function keyFaults({ idempotencyKey: key }: Input): FieldProblem[] {
  const fits = key === undefined || (typeof key === "string" && /^[\x21-\x7e]{1,255}$/.test(key));
  return fits ? [] : [fault("idempotencyKey", "1 to 255 visible ASCII characters")];
}

/** A text that becomes part of a path. */
export function textFaults(field: string, value: unknown): FieldProblem[] {
  const fits = typeof value === "string" && value !== "";
  return fits ? [] : [fault(field, "a text is needed")];
}

/** Lines of an order or a return. */
export function linesFaults(field: string, value: unknown): FieldProblem[] {
  const fits = Array.isArray(value) && value.length > 0;
  return fits ? [] : [fault(field, "at least one is needed")];
}

/** What is wrong with one field. */
export function fault(field: string, message: string): FieldProblem {
  return { field, code: "invalid", message };
}
