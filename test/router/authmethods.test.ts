/* How clients may log in to a realm, for hosts that describe it. */
import { Router } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';

const user = { permissions: 'all' } as const;
const joe = { authrole: 'user', ticket: 'secret' };

function routerOf(...given: ConstructorParameters<typeof Router>): Router {
  const router = new Router(...given);
  onTestFinished(() => router.close());
  return router;
}

describe('[K6] router.authmethods', () => {
  test('has the methods of the users of a realm, and anonymous if nobody needs to log in', () => {
    const router = routerOf({
      realms: {
        open: 'open',
        both: { authroles: { user }, anonymous: 'user', users: { joe, jane: { authrole: 'user', wampcra: { secret: 'x' } } } },
        closed: { authroles: { user }, users: { joe } },
      },
    });
    expect(['open', 'both', 'closed', 'none'].map((realm) => [...router.authmethods(realm)].sort())).toEqual([
      ['anonymous'],
      ['anonymous', 'ticket', 'wampcra'],
      ['ticket'],
      [],
    ]);
  });

  test('has http with the hook recognize, and all methods with findUser', () => {
    const realms = { realm1: { authroles: { user } } };
    expect(routerOf({ realms }, { recognize: () => undefined }).authmethods('realm1')).toEqual(['http']);
    expect(routerOf({ realms }, { findUser: () => undefined }).authmethods('realm1')).toContain('ticket');
  });

  test('follows a reload', () => {
    const router = routerOf({ realms: { realm1: { authroles: { user }, users: { joe } } } });
    router.reload({ realms: { realm1: { authroles: { user }, anonymous: 'user' } } });
    expect(router.authmethods('realm1')).toEqual(['anonymous']);
  });
});
