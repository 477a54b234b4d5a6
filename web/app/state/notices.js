// What happened to the account while nobody was looking: was it you?

import { signal } from '../../vendor/signals.js';
import * as api from '../api.js';

/** @typedef {import('../types.js').AccountNotice} AccountNotice */

/** Newest first. @type {import('../../vendor/signals.js').Signal<AccountNotice[]>} */
export const notices = signal([]);

/** No act of the person; a failure is made up for at the next visit. */
export async function loadNotices() {
  notices.value = await api.get('/auth/notices', { background: true }).catch(() => notices.value);
}

/** @param {AccountNotice} fresh */
export function hearNotice(fresh) {
  if (!notices.value.some(({ id }) => id === fresh.id)) notices.value = [fresh, ...notices.value];
}

/** "It was me." @param {AccountNotice} notice */
export async function dismissNotice({ id }) {
  const drop = () => { notices.value = notices.value.filter((notice) => notice.id !== id); };
  try {
    await api.del(`/auth/notices/${encodeURIComponent(id)}`);
  } catch (problem) {
    // Answered in another tab, or too long ago.
    if (!(problem instanceof api.Problem) || problem.status !== 404) throw problem;
  }
  drop();
}
