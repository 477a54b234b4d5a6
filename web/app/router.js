import { signal } from '../vendor/signals.js';

/** @typedef {{ name: 'home' } | { name: 'room', id: string, thread: string|null, message: string|null } | { name: 'activity' } | { name: 'sign-in' } | { name: 'setup', token: string } | { name: 'reset', token: string } | { name: 'invite', code: string } | { name: 'lost' }} Route */

/** @type {import('../vendor/signals.js').Signal<Route>} */
export const route = signal(read());

/** @returns {Route} */
function read() {
  const parts = location.pathname.split('/').filter(Boolean).map(decode);
  if (parts.length === 0) return { name: 'home' };
  if (parts.length === 2 && parts[0] === 'rooms') return { name: 'room', id: parts[1], thread: named('thread'), message: named('message') };
  if (parts.length === 2 && parts[0] === 'invite') return { name: 'invite', code: parts[1] };
  if (parts.length === 1 && parts[0] === 'activity') return { name: 'activity' };
  if (parts.length === 1 && parts[0] === 'sign-in') return { name: 'sign-in' };
  if (parts.length === 1 && parts[0] === 'setup') return { name: 'setup', token: location.hash.slice(1) };
  if (parts.length === 1 && parts[0] === 'reset') return { name: 'reset', token: location.hash.slice(1) };
  return { name: 'lost' };
}

/** What the address names within the room. @param {'thread'|'message'} what */
function named(what) {
  const [, name, id] = /^#(\w+)=([\w-]+)$/.exec(location.hash) ?? [];
  return name === what ? id : null;
}

/** @param {string} part */
function decode(part) {
  try { return decodeURIComponent(part); } catch { return part; }
}

/** @param {string} path @param {{ replace?: boolean }} [options] */
export function go(path, { replace = false } = {}) {
  if (path === location.pathname + location.hash) return;
  const fromList = replace ? history.state?.fromList ?? false : route.value.name === 'home';
  const fromRoom = !replace && path.startsWith(`${location.pathname}#`);
  history[replace ? 'replaceState' : 'pushState']({ fromList, fromRoom }, '', path);
  route.value = read();
}

/** Back to the list of rooms: by the history when we came from it, so that entries do not pile up. */
export function backToRooms() {
  if (history.state?.fromList) history.back();
  else go('/', { replace: true });
}

/** From the thread back to its room, likewise. */
export function backToRoom() {
  if (history.state?.fromRoom) history.back();
  else go(location.pathname, { replace: true });
}

/** @param {string} id */
export const roomPath = (id) => `/rooms/${encodeURIComponent(id)}`;

/** @param {string} id @param {string} root */
export const threadPath = (id, root) => `${roomPath(id)}#thread=${encodeURIComponent(root)}`;

/** @param {string} id @param {string} message */
export const messagePath = (id, message) => `${roomPath(id)}#message=${encodeURIComponent(message)}`;

addEventListener('popstate', () => { route.value = read(); });
addEventListener('hashchange', () => { route.value = read(); });

document.addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
  if (!(link instanceof HTMLAnchorElement) || link.target || link.hasAttribute('download')) return;
  if (link.origin !== location.origin || link.getAttribute('href')?.startsWith('#')) return;
  event.preventDefault();
  go(link.pathname + link.hash);
});
