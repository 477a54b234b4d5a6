// What is offered on a message, for the toolbar and for the menu on touch.

import { t } from '../i18n.js';
import { announce, announceNow } from '../state/announce.js';
import { openMessageDialog } from '../state/dialogs.js';
import { answer } from '../state/drafts.js';
import { mayAnswer, mayDelete, mayEdit, startEdit } from '../state/messages.js';
import { focusOn } from '../focus.js';

/** @typedef {import('../types.js').Message} Message */
/** @typedef {'reply'|'edit'|'copy'|'delete'} ActionName */
/** @typedef {{ name: ActionName, icon: 'reply'|'pencil'|'copy'|'trash', label: string, run: () => unknown }} Action */

/** @param {Message} message @returns {Action[]} */
export function actionsOn(message) {
  if (message.deleted_at) return [];
  const actions = /** @type {(Action|false)[]} */ ([
    mayAnswer(message) && { name: 'reply', icon: 'reply', label: t('action.reply'), run: () => reply(message) },
    mayEdit(message) && { name: 'edit', icon: 'pencil', label: t('action.edit'), run: () => startEdit(message) },
    { name: 'copy', icon: 'copy', label: t('action.copy_text'), run: () => copy(message) },
    mayDelete(message) && { name: 'delete', icon: 'trash', label: t('action.delete'), run: () => openMessageDialog('delete-message', message) },
  ]);
  return actions.filter((action) => action !== false);
}

/** @param {Message} message */
function reply(message) {
  answer(message.room_id, message.id);
  announce(t('announce.answering', { author: message.author.username }));
  focusOn('#composer textarea');
}

/** @param {Message} message @returns {Promise<boolean>} */
async function copy(message) {
  try {
    await navigator.clipboard.writeText(message.text);
    announce(t('copy.done'));
    return true;
  } catch {
    // Without HTTPS there is no clipboard: then the selected text is one key away.
    select(message.id);
    announceNow(t('copy.by_hand'));
    return false;
  }
}

/** @param {string} id */
function select(id) {
  const body = document.querySelector(`li.message[data-id="${CSS.escape(id)}"] .message-body`);
  if (body) getSelection()?.selectAllChildren(body);
}

/** Focus first: a dialog or a field gives it back to where it was, and the button will be gone. @param {string} id */
export const focusMessage = (id) => focusOn(`li.message[data-id="${CSS.escape(id)}"]`);
