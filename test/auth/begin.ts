/* Logins without a line: what a client would say, and what a router would check. */
import type { Attempt, Credentials, Dict, Login, LoginChannel } from 'autostrada';
import type { Claim } from '../../src/auth/methods/verifier.ts';

export const attempt: Attempt = { number: 1, previous: undefined, signal: new AbortController().signal };
const noChannel: LoginChannel = { channelBinding: () => undefined };

/** A login that is under way. */
export async function login(
  credentials: Credentials,
  line: LoginChannel = noChannel,
  method = credentials.authmethods.at(-1) ?? '',
) {
  const begun: Login = await credentials.begin(attempt);
  return {
    authextra: (begun.authextra ?? {}) as Dict,
    answer: async (extra: Dict) => {
      const answer = await begun.onchallenge?.(method, extra, line);
      if (answer === undefined) throw new Error('expected an answer');
      return typeof answer === 'string' ? { signature: answer, extra: {} } : answer;
    },
    welcome: async (details: Dict) => begun.onwelcome?.(details),
  };
}

export function claim(more: Partial<Claim> = {}): Claim {
  return {
    realm: 'realm1',
    authid: 'joe',
    claimedAuthid: more.authid ?? 'joe',
    authrole: 'user',
    authprovider: 'static',
    authextra: {},
    session: 7,
    now: 0,
    routerSecret: new Uint8Array(32).fill(5),
    routerKey: undefined,
    ...more,
  };
}
