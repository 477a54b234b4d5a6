import { html } from '../html.js';
import { t, tn } from '../i18n.js';
import { isolated, listed } from '../state/room-name.js';
import { writersIn } from '../state/typing.js';

/** Named so long as the names are few. */
const NAMES_MAX = 3;

/** Who is writing, on a line that is always there: nothing moves when somebody begins. To be found, never announced. @param {{ roomId: string }} props */
export function TypingLine({ roomId }) {
  const people = writersIn(roomId);
  return html`
    <p class="typing-line" dir="auto">
      ${people.length > 0 && html`<span class="typing-dots" aria-hidden="true"><i></i><i></i><i></i></span><span class="typing-text">${words(people)}</span>`}
    </p>`;
}

/** @param {import('../types.js').Person[]} people */
function words(people) {
  if (people.length > NAMES_MAX) return t('typing.several');
  return tn('typing.people', people.length, { people: people.length === 1 ? isolated(people[0].username) : listed(people) });
}
