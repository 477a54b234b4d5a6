import { html } from '../html.js';
import { t } from '../i18n.js';
import { Door } from './Door.js';
import { Notice } from './Notice.js';

/** @param {{ problem: unknown }} props */
export const StartFailed = ({ problem }) => html`
  <${Door}><h1>${t('start.failed')}</h1><${Notice} problem=${problem ?? true} kept=${t('start.kept')} onRetry=${() => location.reload()} /><//>`;
