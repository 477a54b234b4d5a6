import { html } from '../html.js';
import { t } from '../i18n.js';
import { Door } from './Door.js';

/** @param {{ code: string }} props */
export const SetupRefused = ({ code }) => html`
  <${Door}>
    <h1>${code === 'setup.closed' ? t('setup.closed_title') : t('setup.invalid_title')}</h1>
    <p>${code === 'setup.closed' ? t('setup.closed') : t('setup.invalid')}</p>
    ${code === 'setup.closed'
      ? html`<a class="button primary" href="/sign-in">${t('sign_in.title')}</a>`
      : html`<p><code>beffroi setup-link</code></p>`}
  <//>`;
