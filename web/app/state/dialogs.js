import { signal } from '../../vendor/signals.js';

/** @typedef {import('../types.js').Message} Message */
/** @typedef {'create-room'|'browse-rooms'|'invites'|'shortcuts'|'members'|'sessions'|'sign-out'|'switcher'} DialogName */
/** @typedef {'message-menu'|'message-history'|'delete-message'} MessageDialogName */

/** @type {import('../../vendor/signals.js').Signal<{ name: DialogName, message: null }|{ name: MessageDialogName, message: Message }|null>} */
export const dialog = signal(null);

/** @param {DialogName} name */
export const openDialog = (name) => { dialog.value = { name, message: null }; };
/** @param {MessageDialogName} name @param {Message} message */
export const openMessageDialog = (name, message) => { dialog.value = { name, message }; };
export const closeDialog = () => { dialog.value = null; };
