import { signal } from '../../vendor/signals.js';
import * as local from './local.js';
import { accountId } from './session.js';

/** @param {string} roomId */
export const draftOf = (roomId) => local.read(accountId.value, `draft.${roomId}`) ?? '';
/** @param {string} roomId @param {string} text */
export const keepDraft = (roomId, text) => local.write(accountId.value, `draft.${roomId}`, text);

/** Which message the draft of a room answers: its id only, the words of others are not kept on this device. */
const answered = signal(/** @type {ReadonlyMap<string, string|null>} */ (new Map()));

/** @param {string} roomId */
export const answeredOf = (roomId) => (answered.value.has(roomId) ? answered.value.get(roomId) ?? null : local.read(accountId.value, `answer.${roomId}`));

/** @param {string} roomId @param {string|null} messageId */
export function answer(roomId, messageId) {
  local.write(accountId.value, `answer.${roomId}`, messageId);
  answered.value = new Map(answered.value).set(roomId, messageId);
}
