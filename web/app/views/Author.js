import { html } from '../html.js';
import { t } from '../i18n.js';
import { openPersonDialog } from '../state/dialogs.js';
import { may } from '../state/session.js';
import { focusMessage } from './message-actions.js';

/** Who wrote a message, and the way to them; not where nobody sees it. @param {{ person: import('../types.js').Person, messageId: string|null }} props */
export function Author({ person, messageId }) {
  if (!may('view_user_profiles') || messageId === null) return html`<span class="author" dir="auto">${person.username}</span>`;
  const open = () => {
    focusMessage(messageId);
    openPersonDialog(person);
  };
  return html`<button type="button" class="author" dir="auto" tabindex="-1" title=${t('person.about')} onClick=${open}>${person.username}</button>`;
}
