import { html } from '../html.js';
import { t } from '../i18n.js';
import { signIn, enter } from '../state/session.js';
import { useSubmit } from './use-submit.js';
import { useState } from '../../vendor/preact-hooks.js';
import { Avatar } from './Avatar.js';
import { Notice } from './Notice.js';

/** @param {{ accounts: import('../types.js').DemoAccount[] }} props */
export function DemoAccounts({ accounts }) {
  const [chosen] = useState(() => ({ account: accounts[0] }));
  const { busy, problem, submit } = useSubmit(async () => {
    await signIn(chosen.account.username, chosen.account.password, false);
    enter();
  });
  return html`
    <section class="demo" aria-label=${t('demo.label')}>
      <p class="demo-banner">${t('demo.banner')}</p>
      <ul class="demo-accounts">
        ${accounts.map((account) => html`
          <li key=${account.username}>
            <button type="button" disabled=${busy} onClick=${() => { chosen.account = account; void submit(); }}>
              <${Avatar} person=${{ id: account.username, username: account.username }} /><bdi>${account.username}</bdi>
            </button>
          </li>`)}
      </ul>
      <${Notice} problem=${problem} />
    </section>`;
}
