import { html } from '../html.js';
import { useEffect, useState } from '../../vendor/preact-hooks.js';
import { t } from '../i18n.js';
import { momentOf } from '../time.js';
import { historyOf } from '../state/messages.js';
import { Dialog } from './Dialog.js';
import { Notice } from './Notice.js';
import { Tree } from './Tree.js';

/** What a message said before. @param {{ message: import('../types.js').Message, onClose: () => void }} props */
export function MessageHistoryDialog({ message, onClose }) {
  const [revisions, setRevisions] = useState(/** @type {import('../types.js').Revision[]|null} */ (null));
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const load = () => {
    setProblem(null);
    historyOf(message).then(setRevisions).catch(setProblem);
  };
  useEffect(load, []);
  return html`
    <${Dialog} title=${t('history.title')} onClose=${onClose}>
      <${Notice} problem=${problem} onRetry=${load} />
      ${!revisions && !problem && html`<p role="status" class="late"><span class="spinner" aria-hidden="true"></span> ${t('history.loading')}</p>`}
      ${revisions?.length === 0 && html`<p class="empty">${t('history.empty')}</p>`}
      ${revisions && revisions.length > 0 && html`
        <ol class="revisions" reversed>
          ${revisions.map((revision) => html`
            <li key=${revision.written_at}>
              <time datetime=${revision.written_at}>${momentOf(revision.written_at)}</time>
              <div class="message-body" dir="auto"><${Tree} nodes=${revision.tree} /></div>
            </li>`)}
        </ol>`}
    <//>`;
}
