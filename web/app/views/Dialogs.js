import { html } from '../html.js';
import { dialog, closeDialog } from '../state/dialogs.js';
import { route } from '../router.js';
import { roomById } from '../state/rooms.js';
import { CreateRoomDialog } from './CreateRoomDialog.js';
import { BrowseRoomsDialog } from './BrowseRoomsDialog.js';
import { InvitesDialog } from './InvitesDialog.js';
import { MembersDialog } from './MembersDialog.js';
import { ShortcutsDialog } from './ShortcutsDialog.js';
import { SignOutDialog } from './SignOutDialog.js';

/** At most one at a time. An ended session covers it, and what was typed there stays. */
export function Dialogs() {
  const room = route.value.name === 'room' ? roomById(route.value.id) : undefined;
  switch (dialog.value) {
    case 'create-room': return html`<${CreateRoomDialog} onClose=${closeDialog} />`;
    case 'browse-rooms': return html`<${BrowseRoomsDialog} onClose=${closeDialog} />`;
    case 'invites': return html`<${InvitesDialog} onClose=${closeDialog} />`;
    case 'shortcuts': return html`<${ShortcutsDialog} onClose=${closeDialog} />`;
    case 'sign-out': return html`<${SignOutDialog} onClose=${closeDialog} />`;
    case 'members': return room ? html`<${MembersDialog} room=${room} onClose=${closeDialog} />` : null;
    default: return null;
  }
}
