import { html } from '../html.js';
import { useRef } from '../../vendor/preact-hooks.js';
import { t } from '../i18n.js';
import { me, may } from '../state/session.js';
import { openDialog } from '../state/dialogs.js';
import { theme, chooseTheme } from '../state/theme.js';
import { Avatar } from './Avatar.js';
import { Icon } from './Icon.js';
import { LanguageSwitch } from './LanguageSwitch.js';

export function AccountMenu() {
  const menu = useRef(/** @type {HTMLElement|null} */ (null));
  const button = useRef(/** @type {HTMLButtonElement|null} */ (null));
  const user = me.value?.user;
  if (!user) return null;
  // Focus first: a dialog gives it back to where it was, and the menu will be gone.
  const open = (/** @type {import('../state/dialogs.js').DialogName} */ name) => () => {
    button.current?.focus();
    menu.current?.hidePopover();
    openDialog(name);
  };
  const themes = /** @type {const} */ ([['system', t('theme.system')], ['light', t('theme.light')], ['dark', t('theme.dark')]]);
  return html`
    <div class="account">
      <button ref=${button} type="button" class="account-button" popovertarget="account-menu">
        <${Avatar} person=${user} /><span class="account-name" dir="auto">${user.full_name || user.username}</span>
        <span class="visually-hidden">${t('account.menu')}</span>
      </button>
      <div id="account-menu" ref=${menu} popover="auto" class="menu" role="group" aria-label=${t('account.menu')}>
        <p class="menu-head"><bdi>${user.username}</bdi><small dir="ltr">${user.email}</small></p>
        <div class="menu-row"><span>${t('language.label')}</span><${LanguageSwitch} /></div>
        <div class="menu-row"><span>${t('theme.label')}</span>
          <div class="language-switch" role="group" aria-label=${t('theme.label')}>
            ${themes.map(([name, label]) => html`
              <button type="button" key=${name} aria-pressed=${theme.value === name ? 'true' : 'false'} onClick=${() => chooseTheme(name)}>${label}</button>`)}
          </div></div>
        <hr />
        ${may('manage_rooms') && html`<button type="button" class="menu-item" onClick=${open('invites')}><${Icon} name="link" />${t('invites.title')}</button>`}
        <button type="button" class="menu-item" onClick=${open('password')}><${Icon} name="lock" />${t('password.title')}</button>
        <button type="button" class="menu-item" onClick=${open('sessions')}><${Icon} name="device" />${t('sessions.title')}</button>
        <button type="button" class="menu-item" onClick=${open('sign-out')}><${Icon} name="leave" />${t('sign_out.submit')}</button>
        <button type="button" class="menu-item" onClick=${open('shortcuts')}><${Icon} name="help" />${t('help.title')}</button>
      </div>
    </div>`;
}
