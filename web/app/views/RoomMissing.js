import { html } from '../html.js';
import { t } from '../i18n.js';
import { Problem } from '../api.js';
import { Notice } from './Notice.js';

/** Also what a stranger to a private room sees: that it exists is not told. @param {{ problem: unknown, onRetry: () => void }} props */
export function RoomMissing({ problem, onRetry }) {
  const missing = problem instanceof Problem && (problem.status === 404 || problem.status === 403 || problem.status === 400 || problem.status === 422);
  if (!missing) return html`<div class="page-state"><${Notice} problem=${problem} onRetry=${onRetry} /></div>`;
  return html`
    <div class="page-state">
      <h1>${t('room.missing_title')}</h1>
      <p>${t('room.missing')}</p>
      <a class="button primary" href="/">${t('room.to_list')}</a>
    </div>`;
}
