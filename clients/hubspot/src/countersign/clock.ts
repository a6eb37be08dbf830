/** API Gateway allows five minutes; a clock this far off is the likely cause of a 403. */
const SUSPECT_MS = 4 * 60_000;

/** Kept in the module, so that a warm function signs with the right time at once. */
let offsetMs = 0;

/** The time to sign with. */
export function signingTime(): Date {
  return new Date(Date.now() + offsetMs);
}

/** The service's clock by an answer's `Date`, in epoch milliseconds; null when it has none. */
export function theirTime(date: string | null): number | null {
  const theirs = date === null ? Number.NaN : Date.parse(date);
  return Number.isNaN(theirs) ? null : theirs;
}

/**
 * Take the service's clock from an answer's `Date`, if ours is suspect. Returns how to undo that, or
 * null when the clock is not to blame.
 *
 * The header decides, not the answer's text: gateway responses need not say why they refuse.
 */
export function correctFrom(date: string | null): (() => void) | null {
  const theirs = theirTime(date);
  if (theirs === null || Math.abs(theirs - signingTime().getTime()) < SUSPECT_MS) return null;
  const before = offsetMs;
  offsetMs = theirs - Date.now();
  return () => {
    offsetMs = before;
  };
}
