// What is offered on a message, for the toolbar and for the menu on touch.

import { t } from '../i18n.js';
import { announce, announceNow } from '../state/announce.js';
import { openMessageDialog } from '../state/dialogs.js';
import { answer } from '../state/drafts.js';
import { mayAnswer, mayDelete, mayEdit, startEdit } from '../state/messages.js';
import { thread } from '../state/thread.js';
import { focusOn } from '../focus.js';
import { go, threadPath } from '../router.js';

/** @typedef {import('../types.js').Message} Message */
/** @typedef {'reply'|'thread'|'edit'|'copy'|'delete'} ActionName */
/** @typedef {{ name: ActionName, icon: 'reply'|'bubble'|'pencil'|'copy'|'trash', label: string, run: () => unknown }} Action */

/** @param {Message} message @returns {Action[]} */
export function actionsOn(message) {
  if (message.deleted_at) return [];
  const actions = /** @type {(Action|false)[]} */ ([
    mayAnswer(message) && { name: 'reply', icon: 'reply', label: t('action.reply'), run: () => reply(message) },
    hasThreadElsewhere(message) && { name: 'thread', icon: 'bubble', label: t('action.thread'), run: () => go(threadPath(message.room_id, message.thread_root ?? message.id)) },
    mayEdit(message) && { name: 'edit', icon: 'pencil', label: t('action.edit'), run: () => startEdit(message, spotOfFocus()) },
    { name: 'copy', icon: 'copy', label: t('action.copy_text'), run: () => copy(message) },
    mayDelete(message) && { name: 'delete', icon: 'trash', label: t('action.delete'), run: () => openMessageDialog('delete-message', message) },
  ]);
  return actions.filter((action) => action !== false);
}

/** Not where one is in it. @param {Message} message */
const hasThreadElsewhere = (message) => thread.value?.rootId !== (message.thread_root ?? message.id);

/** @param {Message} message */
function reply(message) {
  if (spotOfFocus() === 'thread') { focusOn('#thread textarea'); return; }
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
export function focusMessage(id) {
  const spots = [...document.querySelectorAll(`li.message[data-id="${CSS.escape(id)}"]`)].filter((spot) => spot.checkVisibility());
  const meant = spots.find((spot) => spot.matches(':focus-within')) ?? spots.find((spot) => spot.matches(':hover')) ?? spots[0];
  if (meant instanceof HTMLElement) meant.focus({ preventScroll: true });
}

/** Whoever acts on a message has the focus on it before. @returns {import('../state/messages.js').Spot} */
const spotOfFocus = () => (document.activeElement?.closest('#thread') ? 'thread' : 'list');
