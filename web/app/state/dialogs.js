import { signal } from '../../vendor/signals.js';

/** @typedef {import('../types.js').Message} Message */
/** @typedef {import('../types.js').Person} Person */
/** @typedef {'create-room'|'browse-rooms'|'invites'|'shortcuts'|'members'|'sessions'|'sign-out'|'switcher'|'new-message'} DialogName */
/** @typedef {'message-menu'|'message-history'|'delete-message'} MessageDialogName */

/** @type {import('../../vendor/signals.js').Signal<{ name: DialogName }|{ name: MessageDialogName, message: Message }|{ name: 'person', person: Person }|null>} */
export const dialog = signal(null);

/** @param {DialogName} name */
export const openDialog = (name) => { dialog.value = { name }; };
/** @param {MessageDialogName} name @param {Message} message */
export const openMessageDialog = (name, message) => { dialog.value = { name, message }; };
/** @param {Person} person */
export const openPersonDialog = (person) => { dialog.value = { name: 'person', person }; };
export const closeDialog = () => { dialog.value = null; };
