import { signal } from '../../vendor/signals.js';

/** @typedef {'create-room'|'browse-rooms'|'invites'|'shortcuts'|'members'|'sign-out'} DialogName */

/** @type {import('../../vendor/signals.js').Signal<DialogName|null>} */
export const dialog = signal(null);

/** @param {DialogName} name */
export const openDialog = (name) => { dialog.value = name; };
export const closeDialog = () => { dialog.value = null; };
