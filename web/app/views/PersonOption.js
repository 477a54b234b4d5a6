import { html } from '../html.js';
import { Avatar } from './Avatar.js';

/** @param {{ id: string, person: import('../types.js').Person, selected: boolean, onChoose: () => void }} props */
export const PersonOption = ({ id, person, selected, onChoose }) => html`
  <li id=${id} role="option" class="switcher-option" aria-selected=${selected ? 'true' : 'false'} onMouseDown=${keepFocus} onClick=${onChoose}>
    <${Avatar} person=${person} /><span class="switcher-label" dir="auto">${person.username}</span>
  </li>`;

/** @param {Event} event */
const keepFocus = (event) => event.preventDefault();
