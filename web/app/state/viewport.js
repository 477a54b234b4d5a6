import { signal } from '../../vendor/signals.js';

/** The same width as in the style sheet. */
const query = matchMedia('(min-width: 720px)');

/** No pointer can rest above a message: what it offers must be in sight. */
const touch = matchMedia('(hover: none)');

export const isWide = signal(query.matches);
query.addEventListener('change', () => { isWide.value = query.matches; });
export const isTouch = signal(touch.matches);
touch.addEventListener('change', () => { isTouch.value = touch.matches; });
