import { html } from '../html.js';
import { t, tn } from '../i18n.js';
import { restText } from '../problem-text.js';
import { limits } from '../state/server.js';
import { AccountFields } from './AccountFields.js';
import { Field } from './Field.js';
import { LanguageSwitch } from './LanguageSwitch.js';
import { Notice } from './Notice.js';

/** @typedef {{ onBack: () => void, onNext: () => void, problem: unknown, errorOf: (field: string) => string|null }} StepProps */

/** @param {{ title: string, text: string, onNext: () => void, onBack?: () => void, next?: string, disabled?: boolean, children?: any }} props */
const Step = ({ title, text, onNext, onBack, next, disabled = false, children }) => html`
  <form class="stack" onSubmit=${(/** @type {Event} */ event) => { event.preventDefault(); onNext(); }}>
    <h1>${title}</h1>
    <p>${text}</p>
    ${children}
    <footer class="step-actions">
      ${onBack ? html`<button type="button" class="button" onClick=${onBack}>${t('action.back')}</button>` : html`<span></span>`}
      <button type="submit" class="button primary" disabled=${disabled}>${next ?? t('action.next')}</button>
    </footer>
  </form>`;

/** @param {StepProps} props */
export const SetupLanguage = ({ onNext }) => html`
  <${Step} title=${t('setup.welcome')} text=${t('setup.welcome_text')} onNext=${onNext}>
    <div class="big-switch"><${LanguageSwitch} /></div>
  <//>`;

/** @param {StepProps & { value: string, onInput: (value: string) => void }} props */
export const SetupName = ({ onNext, onBack, value, onInput, errorOf }) => html`
  <${Step} title=${t('setup.name_title')} text=${t('setup.name_text')} onNext=${onNext} onBack=${onBack}>
    <${Field} label=${t('setup.name')} value=${value} onInput=${onInput} required=${true} autofocus=${true} autocomplete="organization"
      maxLength=${limits().server_name_chars_max} error=${errorOf('server_name')} />
  <//>`;

/** @param {StepProps & { account: import('./AccountFields.js').NewAccount, onChange: (account: any) => void }} props */
export const SetupAccount = ({ onNext, onBack, account, onChange, errorOf, problem }) => html`
  <${Step} title=${t('setup.account_title')} text=${t('setup.account_text')} onNext=${onNext} onBack=${onBack}>
    <${AccountFields} account=${account} onChange=${onChange} errorOf=${errorOf} />
    <${Notice} problem=${problem} text=${restText(problem, ['username', 'email', 'password', 'server_name', 'room_name'])} />
  <//>`;

/** @param {StepProps & { value: string, onInput: (value: string) => void, busy: boolean, wait: number }} props */
export const SetupRoom = ({ onNext, onBack, value, onInput, errorOf, problem, busy, wait }) => html`
  <${Step} title=${t('setup.room_title')} text=${t('setup.room_text')} onNext=${onNext} onBack=${onBack} disabled=${busy || wait > 0}
    next=${wait > 0 ? tn('action.retry_in', wait) : busy ? t('setup.busy') : t('setup.submit')}>
    <${Field} label=${t('create_room.name')} value=${value} onInput=${onInput} required=${true} autofocus=${true} autocomplete="off"
      maxLength=${limits().room_name_chars_max} error=${errorOf('room_name')} />
    <${Notice} problem=${problem} text=${restText(problem, ['username', 'email', 'password', 'server_name', 'room_name'])} kept=${t('setup.kept')} />
  <//>`;
