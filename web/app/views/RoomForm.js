import { html } from '../html.js';
import { useState } from '../../vendor/preact-hooks.js';
import { t, tn } from '../i18n.js';
import { fieldText, restText } from '../problem-text.js';
import { announce } from '../state/announce.js';
import { isDirect } from '../state/room-name.js';
import { changeSettings } from '../state/rooms.js';
import { limits } from '../state/server.js';
import { useSubmit } from './use-submit.js';
import { Field } from './Field.js';
import { Notice } from './Notice.js';
import { PolicyField } from './PolicyField.js';

/** Name, topic and policy of a room; of a conversation its name alone. @param {{ room: import('../types.js').Room, onDone: () => void }} props */
export function RoomForm({ room, onDone }) {
  const [name, setName] = useState(room.name);
  const [topic, setTopic] = useState(room.topic ?? '');
  const [policy, setPolicy] = useState(room.policy);
  const isRoom = !isDirect(room);
  const { busy, problem, wait, submit } = useSubmit(async () => {
    // What others changed meanwhile stays, unless it was changed here too.
    await changeSettings(room.id, {
      ...(name.trim() !== room.name ? { name: name.trim() } : {}),
      ...(topic.trim() !== (room.topic ?? '') ? { topic: topic.trim() } : {}),
      ...(policy !== room.policy ? { policy } : {}),
    });
    announce(t('announce.edited'));
    onDone();
  });
  return html`
    <form class="stack" onSubmit=${submit}>
      <${Field} label=${isRoom ? t('create_room.name') : t('dm.name')} value=${name} onInput=${setName} required=${true} autofocus=${true} autocomplete="off"
        maxLength=${limits().room_name_chars_max} error=${fieldText(problem, 'name')} />
      ${isRoom && html`
        <${Field} label=${t('create_room.topic')} value=${topic} onInput=${setTopic} autocomplete="off" hint=${t('create_room.topic_hint')}
          maxLength=${limits().topic_chars_max} error=${fieldText(problem, 'topic')} />
        <${PolicyField} value=${policy} onChange=${setPolicy} />
        ${policy === 'public' && room.policy !== 'public' && html`<p class="warning-text">${t('room.opens')}</p>`}`}
      <${Notice} problem=${problem} text=${restText(problem, ['name', 'topic'])} />
      <div class="dialog-actions">
        <button type="button" class="button" onClick=${onDone}>${t('action.cancel')}</button>
        <button type="submit" class="button primary" disabled=${busy || wait > 0 || name.trim() === ''}>${wait > 0 ? tn('action.retry_in', wait) : t('action.save')}</button>
      </div>
    </form>`;
}
