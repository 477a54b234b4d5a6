// The shapes of the HTTP API and the chat socket, as far as this application reads them.

/** @typedef {{ id: string, username: string, email: string, first_name: string|null, last_name: string|null, full_name: string|null, role: string, language: string|null }} User */
/** @typedef {{ id: string, created_at: string, idle_expires_at: string, absolute_expires_at: string }} Session */
/** @typedef {{ id: string, device: string|null, current: boolean, created_at: string, last_seen_at: string, ip: string|null, network: string|null, is_new_network: boolean }} OwnSession */
/** @typedef {{ id: string, kind: string, at: string, ip: string|null, device: string|null, session: string|null, reason: string|null }} SecurityEvent */
/** @typedef {{ id: string, at: string, network: string|null, device: string|null }} AccountNotice */
/** @typedef {{ user: User, role: string, permissions: string[], session: Session }} Me */
/** @typedef {{ chars_min: number, chars_max: number }} PasswordRules */
/** @typedef {{ username_chars_min: number, username_chars_max: number, message_chars_max: number, room_name_chars_max: number, topic_chars_max: number, reason_chars_max: number, server_name_chars_max: number }} Limits */
/** @typedef {{ username: string, password: string }} DemoAccount */
/** @typedef {{ name: string, languages: string[], registration_mode: string, setup_open: boolean, csrf_mode: string, password: PasswordRules, limits: Limits, demo_accounts: DemoAccount[] }} Server */
/** @typedef {{ id: string, name: string, topic: string|null, policy: string, sensitive: boolean, archived: boolean, slow_mode_seconds: number, last_seq: number, unread: number, mentions: number, role: string|null, people?: Person[], is_group?: boolean }} Room */
/** @typedef {{ id: string, username: string, bot?: boolean }} Person */
/** @typedef {{ id: string, username: string, role: string, created_at: string, blocked: boolean }} Profile */
/** @typedef {{ user: Person, role: string, presence?: 'online'|'offline' }} Member */
/** @typedef {{ id: string, room_id: string, seq: number, author: Person, text: string, tree: Node[], created_at: string, edited_at: string|null, deleted_at: string|null, client_id: string|null, reply_to: string|null, thread_root: string|null, reply_to_author: string|null, thread_author: string|null, reply_count: number, by_author?: boolean, reason?: string|null }} Message */
/** A change among the members of a room, as its event tells it. @typedef {{ seq: number, user: Person, role: string|null, by: Person|null, by_right: boolean }} News */
/** @typedef {{ deleted_at: string, by_author: boolean, reason: string|null }} Deletion */
/** @typedef {{ text: string, tree: Node[], written_at: string }} Revision */
/** @typedef {{ t: string, text?: string, c?: Node[], items?: Node[][], ordered?: boolean, start?: number, level?: number, href?: string, lang?: string|null }} Node */
/** @typedef {{ code: string, server_name: string, invited_by: Person|null, room: { id: string, name: string, topic: string|null }|null, expires_at: string|null, state: 'valid'|'expired'|'used_up'|'revoked' }} PublicInvite */
/** @typedef {{ id: string, code: string, url: string, expires_at: string|null, max_uses: number|null, uses: number, room: { id: string, name: string }|null, created_by: Person|null, created_at: string, state: string }} Invite */
/** @typedef {{ room: string, seq: number, kind: string, data: any }} RoomEvent */
/** @typedef {{ client_id: string, room_id: string, text: string, reply_to: string|null, created_at: string, state: 'sending'|'failed', error: string|null, reference: string|null, retriable: boolean }} Unsent */

export {};
