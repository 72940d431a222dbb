/* Logins by the hundred, logins with garbage, logins in disorder. */

import { AUTHENTICATE, CALL, Code, HELLO } from '../../fixtures/messages.ts';
import { type Arena, attacksOf, sleep } from '../arena.ts';
import type { Peer } from '../peer.ts';

const hello = (authid: unknown, authmethods: unknown, authextra?: unknown): readonly unknown[] =>
  HELLO('members', { roles: { caller: {} }, authmethods, authid, ...(authextra === undefined ? {} : { authextra }) });

function expectOut(arena: Arena, peer: Peer): void {
  if (peer.inbox.some(([code]) => code === Code.WELCOME)) arena.violate('wrong answers to attackers', 'it was let in');
}

export const logins = attacksOf('logins', {
  async 'guesses, many at once'(arena) {
    const guess = async (): Promise<void> => {
      const peer = await arena.peer();
      peer.send(hello('honest', ['ticket']));
      if (await peer.next(4, 3000)) peer.send(AUTHENTICATE(`guess${arena.random.next()}`, {}));
      await peer.ends(6000);
      expectOut(arena, peer);
    };
    await Promise.allSettled(Array.from({ length: 100 }, guess));
  },

  async 'methods and names that are none'(arena) {
    const { random } = arena;
    const odd: readonly unknown[] = [
      null,
      1,
      '',
      [],
      {},
      ['ticket', null],
      ['__proto__'],
      'ticket',
      ['scram', 'wamp-scram', 'cryptosign', 'wampcra'],
      'x'.repeat(1000),
    ];
    for (let i = 0; i < 30; i++) {
      const peer = await arena.peer();
      arena.wild(peer);
      peer.send(hello(random.pick([...odd, 'honest', 'signer', 'key']), random.pick(odd), random.pick(odd)));
      await peer.ends(50);
      expectOut(arena, peer);
      peer.destroy();
    }
  },

  async 'answers to a challenge that are none'(arena) {
    const { random } = arena;
    const realms = ['members', 'arena'];
    for (let i = 0; i < 12; i++) {
      const [authid, method] = random.pick([
        ['honest', 'ticket'],
        ['signer', 'wampcra'],
        ['key', 'cryptosign'],
      ] as const);
      const peer = await arena.peer();
      arena.wild(peer);
      peer.send(
        HELLO(random.pick(realms), {
          roles: { caller: {} },
          authid,
          authmethods: [method],
          authextra: { pubkey: '0'.repeat(63).concat('1'), nonce: 'x' },
        }),
      );
      if (!(await peer.next(4, 1000))) continue;
      const signature = random.pick<unknown>([
        '',
        'x'.repeat(100_000),
        1,
        null,
        [],
        {},
        '\0',
        '00'.repeat(96),
        '='.repeat(44),
        'é'.repeat(64),
      ]);
      peer.send([Code.AUTHENTICATE, signature, random.pick<unknown>([{}, null, 1, { nonce: {} }])], AUTHENTICATE('again', {}));
      await peer.ends(5000);
      expectOut(arena, peer);
      peer.destroy();
    }
  },

  async 'AUTHENTICATE unasked'(arena) {
    const before = await arena.peer();
    before.send(AUTHENTICATE('x', {}));
    const inside = await arena.session();
    inside.send(AUTHENTICATE('x', {}));
    const twice = await arena.peer();
    twice.send(
      hello('honest', ['ticket']),
      hello('honest', ['ticket']),
      AUTHENTICATE('x', {}),
      AUTHENTICATE('x', {}),
      CALL(1, {}, 'honest.echo'),
    );
    await sleep(300);
    for (const peer of [before, twice]) expectOut(arena, peer);
  },

  async 'gone in the middle of it'(arena) {
    for (let i = 0; i < 40; i++) {
      const peer = await arena.peer();
      peer.send(hello('honest', ['ticket']));
      if (arena.random.chance(0.5)) await peer.next(4, 200);
      if (arena.random.chance(0.5)) peer.send(AUTHENTICATE('guess', {}));
      if (arena.random.chance(0.5)) peer.socket.resetAndDestroy();
      else peer.destroy();
    }
  },
});
