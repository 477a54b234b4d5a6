import { signal } from '../../vendor/signals.js';

/** Why the application could not start. @type {import('../../vendor/signals.js').Signal<unknown>} */
export const startProblem = signal(null);
