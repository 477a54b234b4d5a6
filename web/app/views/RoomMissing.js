import { html } from '../html.js';
import { t, tx } from '../i18n.js';
import { Problem } from '../api.js';
import { goneRooms } from '../state/rooms.js';
import { Notice } from './Notice.js';

/** Also what a stranger to a private room sees: that it exists is not told. @param {{ id: string, problem: unknown, onRetry: () => void }} props */
export function RoomMissing({ id, problem, onRetry }) {
  const missing = problem instanceof Problem && (problem.status === 404 || problem.status === 403 || problem.status === 400 || problem.status === 422);
  if (!missing) return html`<div class="page-state"><${Notice} problem=${problem} onRetry=${onRetry} /></div>`;
  const gone = goneRooms.get(id);
  return html`
    <div class="page-state">
      ${gone ? html`<h1>${tx('room.gone_title', { room: gone.name })}</h1><p role="status">${why(gone)}</p>` : html`<h1>${t('room.missing_title')}</h1><p>${t('room.missing')}</p>`}
      <a class="button primary" href="/">${t('room.to_list')}</a>
    </div>`;
}

/** @param {import('../state/rooms.js').Gone} gone */
function why({ how, by }) {
  if (how === 'removed') return tx('room.gone_removed', { person: by });
  return how === 'left' ? t('room.gone_left') : t('room.gone_deleted');
}
