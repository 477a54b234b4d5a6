import { useEffect, useState } from '../../vendor/preact-hooks.js';
import { lookUp } from '../state/people.js';

/** @typedef {import('../types.js').Person} Person */
/** Between two keys nobody needs an answer. */
const PAUSE_MS = 180;

/** Those whose name begins as typed; null until the first answer. @param {string} typed @param {boolean} [wanted] */
export function usePeople(typed, wanted = true) {
  const [people, setPeople] = useState(/** @type {Person[]|null} */ (null));
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const prefix = typed.trim();
  useEffect(() => {
    if (!wanted) { setPeople(null); return undefined; }
    const cancel = new AbortController();
    const look = () => lookUp(prefix, cancel.signal).then((found) => { setPeople(found); setProblem(null); })
      .catch((failure) => { if (!cancel.signal.aborted) setProblem(failure); });
    const timer = setTimeout(look, prefix === '' ? 0 : PAUSE_MS);
    return () => { clearTimeout(timer); cancel.abort(); };
  }, [prefix, wanted]);
  return { people, problem };
}
