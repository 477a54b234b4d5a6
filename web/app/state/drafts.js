import * as local from './local.js';
import { accountId } from './session.js';

/** @param {string} roomId */
export const draftOf = (roomId) => local.read(accountId.value, `draft.${roomId}`) ?? '';
/** @param {string} roomId @param {string} text */
export const keepDraft = (roomId, text) => local.write(accountId.value, `draft.${roomId}`, text);
