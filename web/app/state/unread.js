// Where something waits to be read, and in which order.

import { computed } from '../../vendor/signals.js';
import { joinedRooms } from './rooms.js';

/** Who calls for one comes first, then as the list stands. */
export const unreadRooms = computed(() => joinedRooms.value.filter((room) => room.unread > 0).sort((a, b) => Math.sign(b.mentions) - Math.sign(a.mentions)));

/** @param {string|null} openId the room on screen, which is no place to go to */
export const nextUnread = (openId) => unreadRooms.value.find(({ id }) => id !== openId);
