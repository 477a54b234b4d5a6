import { html } from '../html.js';
import { useId } from '../../vendor/preact-hooks.js';
import { Icon } from './Icon.js';
import { RoomLink } from './RoomLink.js';

/** One section of the list on the left. @param {{ title: string, rooms: import('../types.js').Room[], open: string|null, add: string|false, onAdd: () => void, children?: any }} props */
export function RoomList({ title, rooms, open, add, onAdd, children }) {
  const id = useId();
  return html`
    <div class="sidebar-title">
      <h2 id=${id}>${title}</h2>
      ${add && html`<button type="button" class="icon-button" aria-label=${add} title=${add} onClick=${onAdd}><${Icon} name="plus" /></button>`}
    </div>
    ${children}
    ${rooms.length > 0 && html`
      <ul class="room-list" aria-labelledby=${id}>
        ${rooms.map((room) => html`<li key=${room.id}><${RoomLink} room=${room} current=${room.id === open} /></li>`)}
      </ul>`}`;
}
