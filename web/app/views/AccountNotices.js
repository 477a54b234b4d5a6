import { html } from '../html.js';
import { t } from '../i18n.js';
import { openDialog } from '../state/dialogs.js';
import { dismissNotice, notices } from '../state/notices.js';
import { dateTimeOf } from '../time.js';
import { deviceName } from './device-name.js';
import { useSubmit } from './use-submit.js';
import { Icon } from './Icon.js';
import { Notice } from './Notice.js';

/** One question at a time; the next one follows. */
export function AccountNotices() {
  const notice = notices.value[0];
  return html`<div role="status">${notice && html`<${Question} key=${notice.id} notice=${notice} />`}</div>`;
}

/** @param {{ notice: import('../types.js').AccountNotice }} props */
function Question({ notice }) {
  const { busy, problem, submit } = useSubmit(() => dismissNotice(notice));
  const { at, device, network } = notice;
  return html`
    <div class="account-notice">
      <${Icon} name="alert" />
      <p>${t('notice.new_network', { device: deviceName(device), network: network ?? '?', at: dateTimeOf(at) })}</p>
      <button type="button" class="button quiet" onClick=${() => openDialog('sessions')}>${t('notice.look')}</button>
      <button type="button" class="button quiet" disabled=${busy} onClick=${submit}>${t('notice.was_me')}</button>
      <${Notice} problem=${problem} />
    </div>`;
}
