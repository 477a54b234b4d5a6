// What this device keeps. Everything private lies below one prefix per account, so that it can be cleared as one.

const PREFIX = 'beffroi.account.';

/** How this device looks and is used: not private, and no account's. */
const DEVICE = ['beffroi.theme', 'beffroi.language', 'beffroi.single_keys'];

/** @param {string} account @param {string} name */
const full = (account, name) => `${PREFIX}${account}.${name}`;

/** @param {string} account @param {string} name */
export function read(account, name) {
  try { return localStorage.getItem(full(account, name)); } catch { return null; }
}

/** False when the device refuses (private window, full disk). @param {string} account @param {string} name @param {string|null} value */
export function write(account, name, value) {
  try {
    if (value === null || value === '') localStorage.removeItem(full(account, name));
    else localStorage.setItem(full(account, name), value);
    return true;
  } catch {
    return false;
  }
}

/** Names below `start`. @param {string} account @param {string} start */
export function names(account, start) {
  const found = [];
  try {
    const prefix = full(account, '');
    for (let i = 0; i < localStorage.length; i++) {
      const key = localStorage.key(i);
      if (key?.startsWith(prefix + start)) found.push(key.slice(prefix.length));
    }
  } catch { /* storage is off: nothing is kept */ }
  return found;
}

/** The name behind a storage event, if it concerns this account. @param {string} account @param {string|null} key */
export const nameOf = (account, key) => (key?.startsWith(full(account, '')) ? key.slice(full(account, '').length) : null);

/** Drafts, queue, last room: of this account, or of all that used this device. @param {string} [account] */
export function clear(account) {
  try {
    const prefix = account ? full(account, '') : PREFIX;
    const keys = Array.from({ length: localStorage.length }, (_, i) => localStorage.key(i));
    for (const key of keys) if (key?.startsWith(prefix)) localStorage.removeItem(key);
  } catch { /* storage is off: nothing to clear */ }
}

/** Runs what empties the whole storage, and puts back what belongs to the device. @param {() => Promise<unknown>} work */
export async function keepingDevice(work) {
  const kept = readDevice();
  await work();
  try {
    for (const [key, value] of kept) localStorage.setItem(key, value);
  } catch { /* storage is off */ }
}

/** @returns {[string, string][]} */
function readDevice() {
  try {
    return DEVICE.flatMap((key) => { const value = localStorage.getItem(key); return value === null ? [] : [[key, value]]; });
  } catch {
    return [];
  }
}
