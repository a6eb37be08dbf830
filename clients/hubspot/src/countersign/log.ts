import type { Problem } from "./types";

/** No URL, no body, no header: a log holds neither secrets nor people. */
export function log(message: string, attempt: number, { status, code, instance }: Problem): void {
  console.warn(JSON.stringify({ message: `countersign ${message}`, attempt, status, code, instance }));
}

/** A fault of this code: its kind and place. Its message is left out, since it may quote a value. */
export function logFault(error: unknown): void {
  const { name, stack } = error instanceof Error ? error : new Error();
  const place = stack?.match(/^ {4}at .*$/gm)?.slice(0, 5);
  console.error(JSON.stringify({ message: "countersign function failed", name, place }));
}
