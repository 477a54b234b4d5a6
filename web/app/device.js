// A browser's own description of itself, in the words people use for it. What it says is not proven, and not always true.

/** First found, first named: most browsers name their ancestors as well. @type {[RegExp, string][]} */
const BROWSERS = [
  [/\bEdgi?A?O?S?\//, 'Edge'],
  [/\b(?:OPR|OPT|Opera)\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bVivaldi\//, 'Vivaldi'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\bCriOS\/|\bChrom(?:e|ium)\//, 'Chrome'],
  [/\bVersion\/[\d.]+ .*\bSafari\//, 'Safari'],
];

/** @type {[RegExp, string][]} */
const SYSTEMS = [
  [/\biPhone\b|\biPod\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b|\bX11\b/, 'Linux'],
];

/** @param {[RegExp, string][]} table @param {string} text */
const named = (table, text) => table.find(([pattern]) => pattern.test(text))?.[1] ?? null;

/**
 * @param {string|null} agent as the device introduced itself
 * @returns {{ program: string|null, system: string|null }} `program`: a browser, or the first word of any other program
 */
export function deviceOf(agent) {
  if (!agent) return { program: null, system: null };
  const other = agent.startsWith('Mozilla/') ? null : agent.split(/[/\s]/)[0] || null;
  return { program: named(BROWSERS, agent) ?? other, system: named(SYSTEMS, agent) };
}
