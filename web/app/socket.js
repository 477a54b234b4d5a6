// The chat socket: one connection, reconnected with patience, resumed by its cursor.

import { signal } from '../vendor/signals.js';
import * as api from './api.js';
import { t } from './i18n.js';
import { announceNow } from './state/announce.js';
import { hearNotice } from './state/notices.js';
import { receive, fill, compareHeads, noteHeard, noteLeft } from './state/stream.js';
import { hearTyping } from './state/typing.js';
import { me, ended, sessionEnded } from './state/session.js';
import { resendAll } from './state/outbox.js';

const BACKOFF_MIN_MS = 1000;
const BACKOFF_MAX_MS = 30_000;
const HEARTBEAT_MS = 30_000;
const PONG_GRACE_MS = 10_000;
const CONNECT_DEADLINE_MS = 15_000;
/** A line that lasted this long was a good one. */
const STABLE_AFTER_MS = 10_000;
const ANNOUNCE_AFTER_MS = 5000;
/** Longer than the server's own pause of three seconds: one that comes a moment early would be lost. */
const TYPING_PAUSE_MS = 3200;

/** @typedef {{ state: 'connecting'|'catching_up'|'online'|'offline'|'restarting'|'forbidden', retryAt: number, caught: number }} Connection */
/** @type {import('../vendor/signals.js').Signal<Connection>} */
export const connection = signal({ state: 'connecting', retryAt: 0, caught: 0 });

/** @type {WebSocket|null} */
let socket = null;
/** @type {string|null} */
let cursor = null;
let attempts = 0;
let retryTimer = 0;
let pingTimer = 0;
let pongTimer = 0;
let lostTimer = 0;
let stableTimer = 0;
let connectTimer = 0;
let wasOnline = false;
/** When one last told of writing there. @type {Map<string, number>} */
const typedAt = new Map();

/** @param {Partial<Connection>} changes */
const become = (changes) => { connection.value = { ...connection.value, ...changes }; };

export function connect() {
  clearTimeout(retryTimer);
  if (socket || !me.value || ended.value) return;
  become({ state: wasOnline ? connection.value.state : 'connecting', retryAt: 0, caught: 0 });
  const fresh = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`, 'beffroi.v1');
  socket = fresh;
  connectTimer = setTimeout(abandon, CONNECT_DEADLINE_MS);
  fresh.onmessage = ({ data }) => { if (socket === fresh && typeof data === 'string') read(data); };
  fresh.onclose = ({ code, reason }) => { if (socket === fresh) void lost(code, reason); };
}

/** Signed out, or another person: nothing of the old stream is good any more. */
export function disconnect() {
  const old = socket;
  socket = null;
  cursor = null;
  stopTimers();
  old?.close(1000);
}

export function retryNow() {
  attempts = 0;
  connect();
}

/** @param {string} text */
function read(text) {
  let frame;
  try { frame = JSON.parse(text); } catch { return; }
  if (frame.t === 'hello') hello(frame.heartbeat_ms);
  else if (frame.t === 'snapshot') void compareHeads(frame.rooms);
  else if (frame.t === 'resumed') resumed(frame.rooms);
  else if (frame.t === 'left') noteLeft(frame.room);
  else if (frame.t === 'event') event(frame);
  else if (frame.t === 'ephemeral') ephemeral(frame);
  else if (frame.t === 'notice') hearNotice(frame.notice);
  else if (frame.t === 'gap') void fill(frame.room);
  else if (frame.t === 'caught_up') caughtUp(frame.cursor);
  else if (frame.t === 'pong') pong(frame.cursor);
}

/** @param {string[]} heard */
function resumed(heard) {
  become({ state: 'catching_up' });
  noteHeard(heard);
}

/** @param {number} heartbeatMs */
function hello(heartbeatMs) {
  clearTimeout(connectTimer);
  transmit({ t: 'sync', cursor });
  clearInterval(pingTimer);
  pingTimer = setInterval(() => {
    transmit({ t: 'ping' });
    clearTimeout(pongTimer);
    pongTimer = setTimeout(() => abandon(), PONG_GRACE_MS);
  }, Math.max(5000, heartbeatMs || HEARTBEAT_MS));
}

/** @param {import('./types.js').RoomEvent} frame */
function event(frame) {
  if (connection.value.state === 'catching_up') become({ caught: connection.value.caught + 1 });
  receive(frame);
}

/** @param {any} frame */
function ephemeral(frame) {
  if (frame.kind === 'typing') hearTyping(frame);
}

/** @param {string} newest */
function caughtUp(newest) {
  cursor = newest;
  stableTimer = setTimeout(() => { attempts = 0; }, STABLE_AFTER_MS);
  wasOnline = true;
  clearTimeout(lostTimer);
  lostTimer = 0;
  become({ state: 'online', retryAt: 0 });
  resendAll();
}

/** @param {string} newest */
function pong(newest) {
  clearTimeout(pongTimer);
  if (newest) cursor = newest;
}

/** @param {object} frame */
function transmit(frame) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
}

/** Tells the others in a room that one writes, once in a while. @param {string} room */
export function sayTyping(room) {
  const now = Date.now();
  if (connection.value.state !== 'online' || now - (typedAt.get(room) ?? 0) < TYPING_PAUSE_MS) return;
  typedAt.set(room, now);
  transmit({ t: 'typing', room });
}

/** A dead line never closes by itself. */
function abandon() {
  const old = socket;
  if (!old) return;
  old.onclose = null;
  old.close();
  void lost(1006, '');
}

function stopTimers() {
  clearInterval(pingTimer);
  clearTimeout(pongTimer);
  clearTimeout(retryTimer);
  clearTimeout(lostTimer);
  clearTimeout(stableTimer);
  clearTimeout(connectTimer);
  lostTimer = 0;
}

/** @param {number} code @param {string} reason */
async function lost(code, reason) {
  socket = null;
  clearInterval(pingTimer);
  clearTimeout(pongTimer);
  clearTimeout(stableTimer);
  clearTimeout(connectTimer);
  if (!me.value || ended.value) return;
  if (code === 4001) {
    sessionEnded(reason || 'auth.required');
    return;
  }
  if (code === 4003) {
    shutOut();
    return;
  }
  if (!lostTimer && code !== 1012) lostTimer = setTimeout(() => announceNow(t('connection.lost')), ANNOUNCE_AFTER_MS);
  const state = code === 1012 || connection.value.state === 'restarting' ? 'restarting' : 'offline';
  later(state);
  if (code === 1006) await askWhy();
}

/** A refused upgrade looks like a broken line; only an ordinary request tells an ended session, or lost rights, from a lost network. */
async function askWhy() {
  const fresh = await api.get('/auth/me', { background: true }).catch(() => null);
  if (fresh && !fresh.permissions.includes('read_messages') && !socket) shutOut();
}

/** One may no longer read: trying again by itself would change nothing. */
function shutOut() {
  clearTimeout(retryTimer);
  clearTimeout(lostTimer);
  lostTimer = 0;
  become({ state: 'forbidden', retryAt: 0 });
  announceNow(t('connection.forbidden'));
}

/** @param {'offline'|'restarting'} state */
function later(state) {
  const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** attempts);
  attempts += 1;
  const wait = ceiling / 2 + Math.random() * ceiling / 2;
  become({ state, retryAt: Date.now() + wait });
  clearTimeout(retryTimer);
  retryTimer = setTimeout(connect, wait);
}

const isWaiting = () => !socket && connection.value.state !== 'forbidden';
addEventListener('online', () => { if (isWaiting()) retryNow(); });
document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible' && isWaiting()) retryNow(); });
addEventListener('offline', () => { if (socket) abandon(); });
