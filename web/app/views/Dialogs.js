import { html } from '../html.js';
import { dialog, closeDialog } from '../state/dialogs.js';
import { route } from '../router.js';
import { roomById } from '../state/rooms.js';
import { CreateRoomDialog } from './CreateRoomDialog.js';
import { BrowseRoomsDialog } from './BrowseRoomsDialog.js';
import { DeleteMessageDialog } from './DeleteMessageDialog.js';
import { InvitesDialog } from './InvitesDialog.js';
import { MessageHistoryDialog } from './MessageHistoryDialog.js';
import { MessageMenuDialog } from './MessageMenuDialog.js';
import { PasswordDialog } from './PasswordDialog.js';
import { SessionsDialog } from './SessionsDialog.js';
import { NewMessageDialog } from './NewMessageDialog.js';
import { PersonDialog } from './PersonDialog.js';
import { RoomDialog } from './RoomDialog.js';
import { ShortcutsDialog } from './ShortcutsDialog.js';
import { SignOutDialog } from './SignOutDialog.js';
import { SwitcherDialog } from './SwitcherDialog.js';

/** At most one at a time. An ended session covers it, and what was typed there stays. */
export function Dialogs() {
  const room = route.value.name === 'room' ? roomById(route.value.id) : undefined;
  const open = dialog.value;
  switch (open?.name) {
    case 'create-room': return html`<${CreateRoomDialog} onClose=${closeDialog} />`;
    case 'browse-rooms': return html`<${BrowseRoomsDialog} onClose=${closeDialog} />`;
    case 'invites': return html`<${InvitesDialog} onClose=${closeDialog} />`;
    case 'password': return html`<${PasswordDialog} onClose=${closeDialog} />`;
    case 'sessions': return html`<${SessionsDialog} onClose=${closeDialog} />`;
    case 'shortcuts': return html`<${ShortcutsDialog} onClose=${closeDialog} />`;
    case 'switcher': return html`<${SwitcherDialog} onClose=${closeDialog} />`;
    case 'sign-out': return html`<${SignOutDialog} onClose=${closeDialog} />`;
    case 'new-message': return html`<${NewMessageDialog} onClose=${closeDialog} />`;
    case 'person': return html`<${PersonDialog} key=${open.person.id} person=${open.person} place=${open.place} onClose=${closeDialog} />`;
    case 'room': return room ? html`<${RoomDialog} room=${room} onClose=${closeDialog} />` : null;
    case 'message-menu': return html`<${MessageMenuDialog} key=${open.message.id} message=${open.message} onClose=${closeDialog} />`;
    case 'message-history': return html`<${MessageHistoryDialog} key=${open.message.id} message=${open.message} onClose=${closeDialog} />`;
    case 'delete-message': return html`<${DeleteMessageDialog} key=${open.message.id} message=${open.message} onClose=${closeDialog} />`;
    default: return null;
  }
}
