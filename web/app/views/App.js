import { html } from '../html.js';
import { useEffect } from '../../vendor/preact-hooks.js';
import { go, route } from '../router.js';
import { me } from '../state/session.js';
import { server } from '../state/server.js';
import { startProblem } from '../state/start.js';
import { SignIn } from './SignIn.js';
import { Shell } from './Shell.js';
import { ResetPassword } from './ResetPassword.js';
import { SetupWizard } from './SetupWizard.js';
import { Invite } from './Invite.js';
import { StartFailed } from './StartFailed.js';
import { NotFound } from './NotFound.js';

export function App() {
  if (!server.value || startProblem.value) return html`<${StartFailed} problem=${startProblem.value} />`;
  switch (route.value.name) {
    case 'setup': return html`<${SetupWizard} token=${route.value.token} />`;
    case 'reset': return html`<${ResetPassword} key=${route.value.token} token=${route.value.token} />`;
    case 'invite': return html`<${Invite} key=${route.value.code} code=${route.value.code} />`;
    case 'sign-in': return html`<${SignIn} />`;
    case 'lost': return html`<${NotFound} />`;
    default: return me.value ? html`<${Shell} />` : html`<${ToSignIn} />`;
  }
}

function ToSignIn() {
  useEffect(() => go('/sign-in', { replace: true }), []);
  return null;
}
