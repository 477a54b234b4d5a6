import { signal } from '../../vendor/signals.js';

/** The same width as in the style sheet. */
const query = matchMedia('(min-width: 720px)');

export const isWide = signal(query.matches);
query.addEventListener('change', () => { isWide.value = query.matches; });
