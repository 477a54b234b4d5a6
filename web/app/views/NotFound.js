import { html } from '../html.js';
import { t } from '../i18n.js';
import { Door } from './Door.js';

export const NotFound = () => html`
  <${Door}><h1>${t('not_found.title')}</h1><p>${t('not_found.text')}</p><a class="button primary" href="/">${t('not_found.home')}</a><//>`;
