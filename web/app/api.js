// The one door to the HTTP API: JSON in, `data` out, every failure a Problem.

const BASE = '/api/v1';
const DEADLINE_MS = 20_000;
/** A look that was one too many is worth so short a wait; a longer one is told. */
const PATIENCE_S = 5;
const LOOKS_MAX = 6;

/** What went wrong, in the words of RFC 9457. `status` 0: no answer arrived. */
export class Problem extends Error {
  /** @param {{ code: string, status: number, detail?: string, errors?: {field: string, code: string, detail?: string}[], requestId?: string|null, retryAfter?: number|null }} fields */
  constructor({ code, status, detail = '', errors = [], requestId = null, retryAfter = null }) {
    super(detail || code);
    this.code = code;
    this.status = status;
    this.detail = detail;
    this.errors = errors;
    this.requestId = requestId;
    /** Seconds to wait, or null. */
    this.retryAfter = retryAfter;
  }
}

/** @type {{ credentialEnded: (code: string) => void, userActed: () => void, language: () => string, needsCsrfToken: () => boolean }} */
const listeners = { credentialEnded() {}, userActed() {}, language: () => 'en', needsCsrfToken: () => false };

/** Server time minus ours, so that a wrong clock does not shift a countdown. */
export let clockOffsetMs = 0;

/** @param {Partial<typeof listeners>} hooks */
export const listen = (hooks) => Object.assign(listeners, hooks);

/**
 * @param {string} method @param {string} path below the base
 * @param {{ body?: unknown, background?: boolean, keepalive?: boolean, signal?: AbortSignal }} [options]
 *   `background`: no act of the person, so it must not keep the session awake; `keepalive`: outlives the page
 * @returns {Promise<any>} the whole answer: `data`, and `next` for lists
 */
export async function request(method, path, options = {}) {
  let isSecondProof = false;
  for (let looks = 1; ; looks++) {
    try {
      return await ask(method, path, options);
    } catch (problem) {
      if (problem instanceof Problem && problem.code === 'auth.csrf_required' && !isSecondProof) {
        // Another tab signed in anew, and our token belongs to the session before.
        forgetCsrfToken();
        isSecondProof = true;
        continue;
      }
      const wait = problem instanceof Problem && problem.status === 429 ? problem.retryAfter : null;
      if (method !== 'GET' || wait === null || wait > PATIENCE_S || looks === LOOKS_MAX) throw problem;
      await pause(wait);
    }
  }
}

/** A little longer than asked, and not all at the same moment. @param {number} seconds */
const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000 + Math.random() * 500));

/** @param {string} method @param {string} path @param {{ body?: unknown, background?: boolean, keepalive?: boolean, signal?: AbortSignal }} options */
async function ask(method, path, { body, background = false, keepalive = false, signal }) {
  /** @type {Record<string, string>} */
  const headers = { accept: 'application/json', 'accept-language': listeners.language() };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (background) headers['x-beffroi-background'] = '1';
  if (method !== 'GET' && listeners.needsCsrfToken()) headers['x-csrf-token'] = await csrfToken();
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  let response;
  try {
    response = await fetch(BASE + path, {
      method, headers, keepalive, credentials: 'same-origin',
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new Problem({ code: 'client.offline', status: 0 });
  }
  const date = Date.parse(response.headers.get('date') ?? '');
  if (date) clockOffsetMs = date - Date.now();
  if (response.ok) {
    if (!background) listeners.userActed();
    return response.status === 204 ? {} : response.json();
  }
  const problem = await readProblem(response);
  if (response.status === 401 && problem.code !== 'auth.invalid_credentials') listeners.credentialEnded(problem.code);
  throw problem;
}

/** Renewed so long before its end that no request meets it. */
const CSRF_SPARE_MS = 300_000;

/** One question at a time, whoever needs the answer. @type {Promise<{ token: string, expires_at: string }>|null} */
let csrf = null;

export const forgetCsrfToken = () => { csrf = null; };

/** @returns {Promise<string>} */
async function csrfToken() {
  csrf ??= ask('GET', '/auth/csrf', { background: true }).then((answer) => answer.data);
  const asked = csrf;
  try {
    const { token, expires_at: end } = await asked;
    if (Date.parse(end) - clockOffsetMs - Date.now() > CSRF_SPARE_MS) return token;
  } catch (problem) {
    if (csrf === asked) csrf = null;
    throw problem;
  }
  if (csrf === asked) csrf = null;
  return csrfToken();
}

/** @param {Response} response */
async function readProblem(response) {
  const retryAfter = Number(response.headers.get('retry-after')) || null;
  const fields = await response.json().catch(() => ({}));
  return new Problem({
    code: typeof fields.code === 'string' ? fields.code : fallbackCode(response.status),
    status: response.status,
    detail: typeof fields.detail === 'string' ? fields.detail : '',
    errors: Array.isArray(fields.errors) ? fields.errors : [],
    requestId: fields.request_id ?? response.headers.get('x-request-id'),
    retryAfter,
  });
}

/** A proxy in front may answer in its own words. @param {number} status */
const fallbackCode = (status) => (status === 429 ? 'rate_limited' : status >= 500 ? 'internal' : 'client.unexpected');

/** @typedef {{ background?: boolean, keepalive?: boolean, signal?: AbortSignal }} Options */
/** @param {string} path @param {Options} [options] */
export const get = async (path, options) => (await request('GET', path, options)).data;
/** @param {string} path @param {unknown} [body] @param {Options} [options] */
export const post = async (path, body, options) => (await request('POST', path, { ...options, body })).data;
/** @param {string} path @param {unknown} body @param {Options} [options] */
export const put = async (path, body, options) => (await request('PUT', path, { ...options, body })).data;
/** @param {string} path @param {unknown} body */
export const patch = async (path, body) => (await request('PATCH', path, { body })).data;
/** @param {string} path @param {unknown} [body] */
export const del = async (path, body) => (await request('DELETE', path, { body })).data;

/** Follows `next` to the end; `pagesMax` keeps a hostile or broken server from looping us. @param {string} path */
export async function getAll(path, pagesMax = 20) {
  const all = [];
  let cursor = null;
  for (let page = 0; page < pagesMax; page++) {
    const separator = path.includes('?') ? '&' : '?';
    const answer = await request('GET', path + (cursor ? `${separator}cursor=${encodeURIComponent(cursor)}` : ''), { background: page > 0 });
    all.push(...answer.data);
    cursor = answer.next;
    if (!cursor) break;
  }
  return all;
}
