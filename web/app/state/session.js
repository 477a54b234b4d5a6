// Who is signed in here, until when, and why no longer.

import { signal, computed } from '../../vendor/signals.js';
import * as api from '../api.js';
import { go, route, roomPath } from '../router.js';
import { preferredLanguage, storedLanguage, chooseLanguage, keepLanguage, language, useLanguage } from '../i18n.js';
import { server } from './server.js';
import * as local from './local.js';

/** @typedef {import('../types.js').Me} Me */

/** @type {import('../../vendor/signals.js').Signal<Me|null>} */
export const me = signal(null);
/** The code of the reason, while the page of the signed-out person is kept behind a dialog. @type {import('../../vendor/signals.js').Signal<string|null>} */
export const ended = signal(null);
/** Why the session that this page began with was over. @type {import('../../vendor/signals.js').Signal<string|null>} */
export const lapsed = signal(null);
/** Rises with every sign-in: what depends on the session starts anew. */
export const epoch = signal(0);

export const accountId = computed(() => me.value?.user.id ?? '');
/** @param {string} permission */
export const may = (permission) => me.value?.permissions.includes(permission) ?? false;

/** Where to go once signed in. */
let wanted = '/';

/** Finds out who is signed in; nobody is no failure. */
export async function restore() {
  try {
    await adopt(await api.get('/auth/me'));
  } catch (problem) {
    if (!(problem instanceof api.Problem) || problem.status !== 401) throw problem;
    if (problem.code !== 'auth.required') lapsed.value = problem.code;
    if (['room', 'home', 'activity'].includes(route.value.name)) {
      wanted = location.pathname;
      go('/sign-in', { replace: true });
    }
  }
}

/** @param {string} username @param {string} password @param {boolean} remember */
export async function signIn(username, password, remember) {
  await api.post('/auth/login', { username, password, session: 'cookie', remember });
  const fresh = await api.get('/auth/me');
  const other = me.value && me.value.user.id !== fresh.user.id;
  await adopt(fresh);
  // Somebody else on the same page: nothing of the first person may stay in memory.
  if (other) location.assign('/');
}

/** @param {Me} fresh */
async function adopt(fresh) {
  api.forgetCsrfToken();
  me.value = fresh;
  ended.value = null;
  epoch.value += 1;
  await useLanguage(preferredLanguage(fresh.user.language, storedLanguage(), ...navigator.languages));
}

export function enter() {
  const room = wanted === '/' ? local.read(accountId.value, 'room') : null;
  go(room ? roomPath(room) : wanted, { replace: true });
  wanted = '/';
}

/** @param {string} code */
export function sessionEnded(code) {
  if (me.value && !ended.value) ended.value = code;
}

export const signOut = () => leave('/auth/logout');

export const signOutEverywhere = () => leave('/auth/logout-all');

/** @param {string} path */
async function leave(path) {
  const account = accountId.value;
  // The answer clears what this site stored.
  await local.keepingDevice(async () => {
    await api.post(path);
    local.clear(account);
  });
  keepLanguage(language.value);
  location.assign('/sign-in');
}

export function useAnotherAccount() {
  local.clear();
  location.assign('/sign-in');
}

/** @param {string} language */
export async function changeLanguage(language) {
  await chooseLanguage(language);
  if (!me.value || ended.value) return;
  const user = await api.patch('/auth/me', { language });
  if (me.value) me.value = { ...me.value, user: { ...me.value.user, ...(user?.user ?? user), language } };
}

const needsCsrfToken = () => server.value?.csrf_mode === 'token' && me.value !== null && ended.value === null;

api.listen({ credentialEnded: sessionEnded, needsCsrfToken, language: () => document.documentElement.lang });
