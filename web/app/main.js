import { h, render } from '../vendor/preact.js';
import { effect, untracked } from '../vendor/signals.js';
import { preferredLanguage, storedLanguage, useLanguage } from './i18n.js';
import { server, loadServer } from './state/server.js';
import { me, ended, epoch, restore } from './state/session.js';
import { loadRooms } from './state/rooms.js';
import { loadBlocked } from './state/people.js';
import { knowRooms } from './state/stream.js';
import { loadActivity } from './state/activity.js';
import { loadNotices } from './state/notices.js';
import { restoreOutbox, resendAll } from './state/outbox.js';
import { connect, disconnect } from './socket.js';
import { watchTitle } from './title.js';
import { watchKeys } from './keys.js';
import { App } from './views/App.js';
import { startProblem } from './state/start.js';
import './state/idle.js';

/** Every sign-in, also the one after an ended session, begins the live part anew. */
effect(() => {
  if (epoch.value === 0 || !me.peek()) return;
  untracked(() => void goLive());
});

effect(() => { if (ended.value) disconnect(); });

/** What the person came for goes first. */
const ACTIVITY_AFTER_MS = 2000;

async function goLive() {
  restoreOutbox();
  void loadNotices();
  setTimeout(() => void loadActivity({ background: true }), ACTIVITY_AFTER_MS);
  try {
    // Whom one blocked is known before their words appear; without it they are shown, nothing more.
    await Promise.all([loadBlocked().catch(() => {}), loadRooms()]);
    knowRooms();
  } catch { /* the list shows the failure and offers Retry */ }
  resendAll();
  connect();
}

async function start() {
  await useLanguage(preferredLanguage(storedLanguage(), ...navigator.languages));
  const app = /** @type {HTMLElement} */ (document.getElementById('app'));
  try {
    await Promise.all([loadServer(), restore()]);
  } catch (problem) {
    startProblem.value = problem;
  }
  const languages = server.value?.languages ?? [];
  if (!me.value && languages.length) await useLanguage(preferredLanguage(storedLanguage(), ...navigator.languages, ...languages));
  watchTitle();
  watchKeys();
  app.replaceChildren();
  render(h(App, {}), app);
}

const modern = CSS.supports('color', 'light-dark(#000, #fff)') && 'showPopover' in HTMLElement.prototype && 'any' in AbortSignal;
if (modern) void start();
else document.documentElement.classList.add('is-too-old');
