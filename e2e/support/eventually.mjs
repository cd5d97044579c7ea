// Waiting for a condition, with a limit.
import { setTimeout as pause } from "node:timers/promises";

const PAUSE_MS = 50;

/**
 * Asks until `look` answers `{ value }`, and answers the value. `{ failure }` ends the waiting at once, as does the
 * limit; `undefined` means not yet.
 */
export async function eventually(look, limitMs = 10_000) {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const seen = await look();
    if (seen && "value" in seen) return seen.value;
    if (seen?.failure) throw new Error(seen.failure);
    if (Date.now() > deadline) throw new Error(`nothing came of it within ${limitMs} ms`);
    await pause(PAUSE_MS);
  }
}
