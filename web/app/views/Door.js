import { html } from '../html.js';
import { serverName } from '../state/server.js';
import { Logo } from './Logo.js';
import { LanguageSwitch } from './LanguageSwitch.js';

/** The frame of every page before the chat. @param {{ wide?: boolean, languages?: boolean, children?: any }} props */
export function Door({ wide = false, languages = true, children }) {
  return html`
    <div class="door">
      <header class="door-header">
        <${Logo} size=${40} />
        <span class="door-name" dir="auto">${serverName()}</span>
        ${languages && html`<${LanguageSwitch} />`}
      </header>
      <main class=${wide ? 'door-card wide' : 'door-card'}>${children}</main>
    </div>`;
}
