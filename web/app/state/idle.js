// Warns before the session sleeps, and lets real activity keep it awake.

import { signal, effect } from '../../vendor/signals.js';
import * as api from '../api.js';
import { me, ended } from './session.js';

/** Of a very short session no more than the last half. */
const WARN_BEFORE_MS = 2 * 60_000;
/** At most one request of its own per this much activity, unless the session is shorter than three times that. */
const TOUCH_EVERY_MS = 4 * 60_000;

/** Which end is near, and when by our clock. @type {import('../../vendor/signals.js').Signal<{ kind: 'idle'|'absolute', at: number }|null>} */
export const warning = signal(null);

let timer = 0;
let touchedAt = 0;
let idleWindowMs = 0;
let idleAt = 0;
let absoluteAt = 0;
let absoluteSeen = false;

/** @param {string} at by the server's clock */
const here = (at) => Date.parse(at) - api.clockOffsetMs;

effect(() => {
  const session = me.value?.session;
  if (!session) return;
  if (here(session.absolute_expires_at) !== absoluteAt) absoluteSeen = false;
  idleAt = here(session.idle_expires_at);
  absoluteAt = here(session.absolute_expires_at);
  idleWindowMs = Math.max(idleWindowMs, idleAt - Date.now());
  schedule();
});

effect(() => { if (ended.value) warning.value = null; });

const end = () => Math.min(idleAt, absoluteAt);

function schedule() {
  clearTimeout(timer);
  if (!me.value || ended.value || !end()) return;
  const now = Date.now();
  const due = end() - Math.min(WARN_BEFORE_MS, idleWindowMs / 2);
  if (now < due) {
    warning.value = null;
    timer = setTimeout(check, Math.min(due - now + 50, 2 ** 31 - 1));
  } else if (now < end()) {
    if (!(absoluteAt <= idleAt && absoluteSeen)) warning.value = { kind: absoluteAt <= idleAt ? 'absolute' : 'idle', at: end() };
    timer = setTimeout(check, end() - now + 500);
  } else {
    warning.value = null;
  }
}

/** Another tab may have kept the session awake, so ask, without being an activity ourselves. */
async function check() {
  if (!me.value || ended.value) return;
  try {
    me.value = await api.get('/auth/me', { background: true });
  } catch {
    schedule();
  }
}

export async function staySignedIn() {
  touchedAt = Date.now();
  me.value = await api.get('/auth/me');
}

export function acknowledgeEnd() {
  absoluteSeen = true;
  warning.value = null;
}

function touch() {
  if (!me.value || ended.value || warning.value || Date.now() - touchedAt < Math.min(TOUCH_EVERY_MS, idleWindowMs / 3)) return;
  staySignedIn().catch(() => { /* offline: the banner says so */ });
}

/** Each request of the person extends the session on the server; follow without asking. */
api.listen({
  userActed() {
    touchedAt = Date.now();
    if (!me.value || !idleWindowMs) return;
    idleAt = Math.max(idleAt, Date.now() + idleWindowMs);
    schedule();
  },
});

addEventListener('pointerdown', touch, { passive: true });
addEventListener('keydown', touch, { passive: true });
