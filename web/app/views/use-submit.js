import { useEffect, useState } from '../../vendor/preact-hooks.js';
import { Problem } from '../api.js';

/**
 * A form's way to the server: busy, failure, and how long to wait before the next try.
 * @param {() => Promise<unknown>} work
 */
export function useSubmit(work) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const [wait, setWait] = useState(0);

  useEffect(() => {
    if (wait <= 0) return undefined;
    const timer = setTimeout(() => setWait(wait - 1), 1000);
    return () => clearTimeout(timer);
  }, [wait]);

  /** @param {Event} [event] */
  const submit = async (event) => {
    event?.preventDefault();
    if (busy || wait > 0) return;
    setBusy(true);
    setProblem(null);
    try {
      await work();
    } catch (failure) {
      setProblem(failure);
      if (failure instanceof Problem && failure.retryAfter) setWait(failure.retryAfter);
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, wait, submit };
}
