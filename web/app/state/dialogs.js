import { signal } from '../../vendor/signals.js';

/** @typedef {import('../types.js').Message} Message */
/** @typedef {import('../types.js').Person} Person */
/** Somebody as a member of a room. @typedef {{ roomId: string, role: string }} Place */
/** @typedef {'create-room'|'browse-rooms'|'invites'|'shortcuts'|'room'|'password'|'sessions'|'sign-out'|'switcher'|'new-message'} DialogName */
/** @typedef {'message-menu'|'message-history'|'delete-message'} MessageDialogName */

/** @type {import('../../vendor/signals.js').Signal<{ name: DialogName }|{ name: MessageDialogName, message: Message }|{ name: 'person', person: Person, place: Place|null }|null>} */
export const dialog = signal(null);

/** @param {DialogName} name */
export const openDialog = (name) => { dialog.value = { name }; };
/** @param {MessageDialogName} name @param {Message} message */
export const openMessageDialog = (name, message) => { dialog.value = { name, message }; };
/** @param {Person} person @param {Place|null} [place] where one met them in a list of members */
export const openPersonDialog = (person, place = null) => { dialog.value = { name: 'person', person, place }; };
export const closeDialog = () => { dialog.value = null; };
