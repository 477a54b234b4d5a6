// Shortcuts of one letter can be switched off: who dictates, or whose keys slip, would set them off (WCAG 2.1.4).

import { signal } from '../../vendor/signals.js';

/** Of this device, not of an account: it belongs to the keyboard. */
const STORED = 'beffroi.single_keys';

export const singleKeys = signal(readStored());

function readStored() {
  try { return localStorage.getItem(STORED) !== 'off'; } catch { return true; }
}

/** @param {boolean} on */
export function useSingleKeys(on) {
  singleKeys.value = on;
  try {
    if (on) localStorage.removeItem(STORED);
    else localStorage.setItem(STORED, 'off');
  } catch { /* storage is off: for this visit only */ }
}
