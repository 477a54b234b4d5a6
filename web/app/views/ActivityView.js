import { html } from '../html.js';
import { useEffect } from '../../vendor/preact-hooks.js';
import { t } from '../i18n.js';
import { backToRooms } from '../router.js';
import { activity, loadActivity, loadOlderActivity, markActivitySeen, newActivity } from '../state/activity.js';
import { isWide } from '../state/viewport.js';
import { focusOn } from '../focus.js';
import { ActivityItem } from './ActivityItem.js';
import { Icon } from './Icon.js';
import { Logo } from './Logo.js';
import { MessagesLoading } from './MessagesLoading.js';
import { Notice } from './Notice.js';
import { useSubmit } from './use-submit.js';

/** What others said to oneself, newest first, and the way to each. */
export function ActivityView() {
  const { state, problem, items, next } = activity.value;
  const seen = useSubmit(async () => { await markActivitySeen(); focusOn('#room-header h1'); });
  const older = useSubmit(loadOlderActivity);
  useEffect(() => {
    if (!isWide.value) focusOn('#room-header h1');
    void loadActivity({ background: state === 'ready' });
  }, []);
  return html`
    <main class="room" id="room" aria-label=${t('activity.title')}>
      <header class="room-header" id="room-header">
        <button type="button" class="icon-button only-narrow" aria-label=${t('room.back')} onClick=${backToRooms}><${Icon} name="back" /></button>
        <div class="room-heading"><h1 tabindex="-1">${t('activity.title')}</h1></div>
      </header>
      <div class="activity" id="activity">
        <${Notice} problem=${seen.problem} />
        ${newActivity.value > 0 && html`
          <div class="activity-acts"><button type="button" class="button quiet" disabled=${seen.busy} onClick=${seen.submit}><${Icon} name="check" />${t('activity.mark_all')}</button></div>`}
        ${state === 'loading' && html`<${MessagesLoading} />`}
        ${state === 'failed' && html`<div class="timeline-state"><${Notice} problem=${problem} onRetry=${() => void loadActivity()} /></div>`}
        ${state === 'ready' && items.length === 0 && html`
          <div class="empty-room"><${Logo} size=${56} /><h2>${t('activity.empty_title')}</h2><p>${t('activity.empty')}</p></div>`}
        ${items.length > 0 && html`
          <ol class="activity-list" aria-label=${t('activity.list')}>
            ${items.map(({ message, unread }) => html`<li key=${message.id}><${ActivityItem} message=${message} unread=${unread} /></li>`)}
          </ol>`}
        ${next && html`
          <div class="activity-more"><${Notice} problem=${older.problem} />
            <button type="button" class="button" disabled=${older.busy} onClick=${older.submit}>${t('activity.older')}</button></div>`}
      </div>
    </main>`;
}
