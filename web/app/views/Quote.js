import { html } from '../html.js';
import { t } from '../i18n.js';
import { locate, sought } from '../state/locate.js';
import { blocked } from '../state/people.js';
import { loadedTimeline } from '../state/timeline.js';
import { Icon } from './Icon.js';
import { firstLine } from './first-line.js';

/**
 * What a message answers, and the way there. `original` undefined: not known yet; null: there is none.
 * @param {{ roomId: string, id: string, original: import('../types.js').Message|null|undefined }} props
 */
export function Quote({ roomId, id, original }) {
  const go = () => {
    const timeline = loadedTimeline(roomId);
    if (timeline) void locate(timeline, id);
  };
  const isSought = sought.value?.id === id;
  return html`
    <button type="button" class="quote" tabindex="-1" aria-busy=${isSought ? 'true' : undefined} disabled=${original === null} onClick=${go}>
      ${isSought ? html`<span class="spinner" aria-hidden="true"></span>` : html`<${Icon} name="reply" />`}
      <span class="visually-hidden">${t('quote.label')}</span>${' '}
      <${Quoted} original=${original} />
    </button>`;
}

/** Author and first line. @param {{ original: import('../types.js').Message|null|undefined }} props */
export function Quoted({ original }) {
  if (original === undefined) return html`<span class="quote-line">${t('quote.unknown')}</span>`;
  if (!original || original.deleted_at) return html`<em class="quote-line">${t('quote.deleted')}</em>`;
  if (blocked.value.has(original.author.id)) return html`<em class="quote-line">${t('message.blocked')}</em>`;
  return html`<span class="quote-author" dir="auto">${original.author.username}</span>${' '}<span class="quote-line" dir="auto">${firstLine(original.tree)}</span>`;
}
