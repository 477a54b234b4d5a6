// Waiting for what must become true, instead of for a time.

const DEADLINE_MS = 20_000;
const LOOK_EVERY_MS = 40;

/** Looks again and again until `look` throws no more; then gives what it gave. @template T @param {() => Promise<T>} look @returns {Promise<T>} */
export async function eventually(look, deadlineMs = DEADLINE_MS) {
  const end = Date.now() + deadlineMs;
  for (;;) {
    try {
      return await look();
    } catch (failure) {
      if (Date.now() > end) throw failure;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
