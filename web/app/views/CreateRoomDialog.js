import { html } from '../html.js';
import { useState } from '../../vendor/preact-hooks.js';
import { t, tn } from '../i18n.js';
import { go, roomPath } from '../router.js';
import { fieldText, restText } from '../problem-text.js';
import { limits } from '../state/server.js';
import { createRoom } from '../state/rooms.js';
import { knowRooms } from '../state/stream.js';
import { useSubmit } from './use-submit.js';
import { Dialog } from './Dialog.js';
import { Field } from './Field.js';
import { Notice } from './Notice.js';
import { PolicyField } from './PolicyField.js';

/** @param {{ onClose: () => void }} props */
export function CreateRoomDialog({ onClose }) {
  const [name, setName] = useState('');
  const [topic, setTopic] = useState('');
  const [policy, setPolicy] = useState('public');
  const { busy, problem, wait, submit } = useSubmit(async () => {
    const room = await createRoom({ name: name.trim(), topic: topic.trim(), policy });
    knowRooms();
    onClose();
    go(roomPath(room.id));
  });
  return html`
    <${Dialog} title=${t('rooms.create')} onClose=${onClose}>
      <form class="stack" onSubmit=${submit}>
        <${Field} label=${t('create_room.name')} value=${name} onInput=${setName} required=${true} autofocus=${true} autocomplete="off"
          maxLength=${limits().room_name_chars_max} error=${fieldText(problem, 'name')} />
        <${Field} label=${t('create_room.topic')} value=${topic} onInput=${setTopic} autocomplete="off" hint=${t('create_room.topic_hint')}
          maxLength=${limits().topic_chars_max} error=${fieldText(problem, 'topic')} />
        <${PolicyField} value=${policy} onChange=${setPolicy} />
        <${Notice} problem=${problem} text=${restText(problem, ['name', 'topic'])} />
        <footer class="dialog-actions">
          <button type="button" class="button" onClick=${onClose}>${t('action.cancel')}</button>
          <button type="submit" class="button primary" disabled=${busy || wait > 0 || name.trim() === ''}>${wait > 0 ? tn('action.retry_in', wait) : t('create_room.submit')}</button>
        </footer>
      </form>
    <//>`;
}
