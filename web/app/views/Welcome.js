import { html } from '../html.js';
import { t, tx } from '../i18n.js';
import { serverName } from '../state/server.js';
import { roomsLoaded } from '../state/rooms.js';
import { Logo } from './Logo.js';

/** The right-hand pane while no room is open. */
export const Welcome = () => html`
  <main class="room welcome" id="room" aria-busy=${roomsLoaded.value ? undefined : 'true'}>
    ${roomsLoaded.value && html`<${Logo} size=${72} /><h1>${tx('welcome.title', { server: serverName() })}</h1><p class="only-wide">${t('welcome.text')}</p>`}
  </main>`;
