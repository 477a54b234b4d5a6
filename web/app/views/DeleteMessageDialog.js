import { html } from '../html.js';
import { useState } from '../../vendor/preact-hooks.js';
import { t, tn } from '../i18n.js';
import { fieldText, restText } from '../problem-text.js';
import { announce } from '../state/announce.js';
import { isOwn, remove } from '../state/messages.js';
import { limits } from '../state/server.js';
import { useSubmit } from './use-submit.js';
import { Dialog } from './Dialog.js';
import { Field } from './Field.js';
import { Notice } from './Notice.js';
import { firstLine } from './first-line.js';

/** @param {{ message: import('../types.js').Message, onClose: () => void }} props */
export function DeleteMessageDialog({ message, onClose }) {
  const [reason, setReason] = useState('');
  const own = isOwn(message);
  const { busy, problem, wait, submit } = useSubmit(async () => {
    await remove(message, reason.trim());
    announce(t('announce.deleted'));
    onClose();
  });
  return html`
    <${Dialog} title=${t('delete_message.title')} onClose=${onClose}>
      <form class="stack" onSubmit=${submit}>
        <blockquote class="dialog-quote"><span class="author" dir="auto">${message.author.username}</span><p dir="auto">${firstLine(message.tree)}</p></blockquote>
        <p>${own ? t('delete_message.own') : t('delete_message.others')}</p>
        ${!own && html`<${Field} label=${t('delete_message.reason')} value=${reason} onInput=${setReason} autofocus=${true} autocomplete="off"
          maxLength=${limits().reason_chars_max} hint=${t('delete_message.reason_hint')} error=${fieldText(problem, 'reason')} />`}
        <${Notice} problem=${problem} text=${restText(problem, ['reason'])} />
        <footer class="dialog-actions">
          <button type="button" class="button" onClick=${onClose}>${t('action.cancel')}</button>
          <button type="submit" class="button danger" disabled=${busy || wait > 0}>${wait > 0 ? tn('action.retry_in', wait) : t('action.delete')}</button>
        </footer>
      </form>
    <//>`;
}
