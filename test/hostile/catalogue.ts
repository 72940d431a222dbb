/* All attacks. */
import type { Attack } from './arena.ts';
import { floods } from './attacks/floods.ts';
import { hoards } from './attacks/hoards.ts';
import { http } from './attacks/http.ts';
import { httpBridge } from './attacks/http-bridge.ts';
import { logins } from './attacks/logins.ts';
import { longPoll } from './attacks/long-poll.ts';
import { messages } from './attacks/messages.ts';
import { payloads } from './attacks/payloads.ts';
import { rawSocket } from './attacks/rawsocket.ts';
import { webSocket } from './attacks/websocket.ts';

export const catalogue: readonly Attack[] = [
  ...http,
  ...webSocket,
  ...rawSocket,
  ...longPoll,
  ...httpBridge,
  ...messages,
  ...payloads,
  ...floods,
  ...hoards,
  ...logins,
];
