import { html } from '../html.js';
import { useEffect, useState } from '../../vendor/preact-hooks.js';
import * as api from '../api.js';
import { language, t } from '../i18n.js';
import { fieldText } from '../problem-text.js';
import { loadServer, server } from '../state/server.js';
import { signIn } from '../state/session.js';
import { loadRooms, rooms } from '../state/rooms.js';
import { knowRooms } from '../state/stream.js';
import { useSubmit } from './use-submit.js';
import { Door } from './Door.js';
import { SetupProgress } from './SetupProgress.js';
import { SetupLanguage, SetupName, SetupAccount, SetupRoom } from './SetupSteps.js';
import { SetupDone } from './SetupDone.js';
import { SetupRefused } from './SetupRefused.js';

/** `roomName` null: not touched, so the suggestion follows the language. @typedef {{ serverName: string, roomName: string|null, account: import('./AccountFields.js').NewAccount }} Draft */

const KEPT = 'beffroi.setup';
/** On which step a field of the request is typed. @type {Record<string, number>} */
const STEP_OF_FIELD = { server_name: 1, username: 2, email: 2, password: 2, room_name: 3 };

/** @param {{ token: string }} props */
export function SetupWizard({ token }) {
  const [step, setStep] = useState(0);
  const [draft, setDraft] = useState(restoreDraft);
  const [invite, setInvite] = useState(/** @type {import('../types.js').Invite|null} */ (null));
  const [created, setCreated] = useState(false);
  useEffect(() => keepDraft(draft), [draft]);

  const { busy, problem, wait, submit } = useSubmit(async () => {
    try {
      if (!created) await api.post('/setup', bodyOf(token, draft));
    } catch (failure) {
      const field = failure instanceof api.Problem ? failure.errors.map((error) => STEP_OF_FIELD[error.field]).find(Boolean) : undefined;
      if (field) setStep(field);
      else if (failure instanceof api.Problem && failure.code === 'account.username_taken') setStep(2);
      throw failure;
    }
    setCreated(true);
    sessionStorage.removeItem(KEPT);
    await signIn(draft.account.username.trim(), draft.account.password, false);
    await loadRooms().catch(() => {});
    knowRooms();
    setInvite(await firstInvite());
    setStep(4);
    await loadServer().catch(() => {});
  });

  const refused = problem instanceof api.Problem && (problem.code === 'setup.closed' || problem.code === 'setup.link_invalid') ? problem.code
    : !created && !server.value?.setup_open ? 'setup.closed' : token === '' ? 'setup.link_invalid' : null;
  if (refused && step < 4) return html`<${SetupRefused} code=${refused} />`;

  const set = (/** @type {keyof Draft} */ field) => (/** @type {any} */ value) => setDraft({ ...draft, [field]: value });
  const shared = { onBack: () => setStep(step - 1), onNext: () => setStep(step + 1), problem, errorOf: (/** @type {string} */ field) => fieldText(problem, field) };
  return html`
    <${Door} wide=${true} languages=${step > 0}>
      <${SetupProgress} step=${step} />
      ${step === 0 && html`<${SetupLanguage} ...${shared} />`}
      ${step === 1 && html`<${SetupName} ...${shared} value=${draft.serverName} onInput=${set('serverName')} />`}
      ${step === 2 && html`<${SetupAccount} ...${shared} account=${draft.account} onChange=${set('account')} />`}
      ${step === 3 && html`<${SetupRoom} ...${shared} value=${draft.roomName ?? t('setup.room_default')} onInput=${set('roomName')} onNext=${submit} busy=${busy} wait=${wait} />`}
      ${step === 4 && html`<${SetupDone} invite=${invite} roomId=${rooms.value[0]?.id ?? null} />`}
    <//>`;
}

/** @param {string} token @param {Draft} draft */
const bodyOf = (token, { serverName, roomName, account }) => ({
  token, username: account.username.trim(), email: account.email.trim(), password: account.password,
  server_name: serverName.trim(), room_name: roomName?.trim() || t('setup.room_default'), language: language.value,
});

/** The community exists already, so a failure here must not look like a failed set-up. */
async function firstInvite() {
  const room = rooms.value[0];
  return api.post('/invites', room ? { room: room.id } : {}).catch(() => null);
}

/** A reload keeps what was typed; the password is never stored. @param {Draft} draft */
function keepDraft(draft) {
  try { sessionStorage.setItem(KEPT, JSON.stringify({ ...draft, account: { ...draft.account, password: '' } })); } catch { /* storage is off */ }
}

/** @returns {Draft} */
function restoreDraft() {
  const empty = { serverName: '', roomName: null, account: { username: '', email: '', password: '' } };
  try { return { ...empty, ...JSON.parse(sessionStorage.getItem(KEPT) ?? '{}') }; } catch { return empty; }
}
