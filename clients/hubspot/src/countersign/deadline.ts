/** HubSpot stops a function after 15 s; what is left is for its start and its answer. */
const BUDGET_MS = 12_000;

/** The time that an invocation has for all that it does: credentials, the call, its repetitions. */
export class Deadline {
  readonly #at: number;

  constructor(ms = BUDGET_MS) {
    this.#at = performance.now() + ms;
  }

  leftMs(): number {
    return Math.max(0, this.#at - performance.now());
  }

  /** A deadline for a part: its own limit, and never later than this one. */
  within(ms: number): Deadline {
    return new Deadline(Math.min(ms, this.leftMs()));
  }

  /** Wait for something that others may wait for too; when time is up, `late` says what to throw. */
  async wait<T>(promise: Promise<T>, late: () => Error): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const expired = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(late()), this.leftMs());
    });
    try {
      return await Promise.race([promise, expired]);
    } finally {
      clearTimeout(timer);
    }
  }
}
