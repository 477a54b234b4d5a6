import { signal } from '../../vendor/signals.js';

/** @typedef {'system'|'light'|'dark'} Theme */

/** @type {import('../../vendor/signals.js').Signal<Theme>} */
export const theme = signal(/** @type {Theme} */ (document.documentElement.dataset.theme ?? 'system'));

/** @param {Theme} choice */
export function chooseTheme(choice) {
  theme.value = choice;
  if (choice === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
  try {
    if (choice === 'system') localStorage.removeItem('beffroi.theme');
    else localStorage.setItem('beffroi.theme', choice);
  } catch { /* storage is off: for this visit only */ }
}
