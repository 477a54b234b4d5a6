/**
 * The link to hand on. Without a public address the server knows only the one that it listens on, which may be "this
 * machine"; the address by which the inviting person came is the one that works for others.
 * @param {string} url
 */
export function inviteUrl(url) {
  const { hostname, pathname } = new URL(url);
  return ['127.0.0.1', '[::1]', 'localhost', '0.0.0.0', '[::]'].includes(hostname) ? location.origin + pathname : url;
}
