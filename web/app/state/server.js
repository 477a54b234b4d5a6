import { signal } from '../../vendor/signals.js';
import { get } from '../api.js';

/** @typedef {import('../types.js').Server} Server */

/** @type {import('../../vendor/signals.js').Signal<Server|null>} */
export const server = signal(null);

export async function loadServer() {
  server.value = await get('/server', { background: true });
}

export const limits = () => /** @type {Server} */ (server.value).limits;
export const passwordRules = () => /** @type {Server} */ (server.value).password;
export const serverName = () => server.value?.name ?? 'Beffroi';
