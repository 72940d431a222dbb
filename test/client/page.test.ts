/* A browser's page in a few lines: what it tells, and what it says of itself. */
import type { Status } from 'autostrada';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { testBench } from '../testing/bench.ts';

class Page {
  visibilityState = 'visible';
  readonly listeners = new Map<string, Set<(event: object) => void>>();

  addEventListener(type: string, listener: (event: object) => void): void {
    this.listeners.set(type, (this.listeners.get(type) ?? new Set()).add(listener));
  }

  removeEventListener(type: string, listener: (event: object) => void): void {
    this.listeners.get(type)?.delete(listener);
  }

  tell(type: string, event: object = {}): void {
    for (const listener of [...(this.listeners.get(type) ?? [])]) listener(event);
  }

  get count(): number {
    return [...this.listeners.values()].reduce((sum, { size }) => sum + size, 0);
  }
}

let page: Page;
let document: Page;
let navigator: { onLine: boolean };
beforeEach(() => {
  page = new Page();
  document = new Page();
  navigator = { onLine: true };
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
  vi.stubGlobal('document', document);
  vi.stubGlobal('navigator', navigator);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const states = (connection: { on(event: 'status', listener: (status: Status) => void): void }): string[] => {
  const seen: string[] = [];
  connection.on('status', ({ state }) => seen.push(state));
  return seen;
};

describe('[N5] a connection in a page', () => {
  it('connects at once when the device is online again', async () => {
    const { router, connect, clock } = testBench();
    const joe = connect('joe');
    await joe.open();
    const up = router.down();
    await clock.advance(60_000);
    expect(joe.status.state).toBe('waiting');
    up();
    page.tell('online');
    await clock.advance(0);
    expect(joe.status.state).toBe('joined');
  });

  it.each([
    ['is seen again', () => document.tell('visibilitychange')],
    ['is thawed', () => document.tell('resume')],
    ['comes back from the back/forward cache', () => page.tell('pageshow', { persisted: true })],
    ['is online again', () => page.tell('online')],
  ])('connects at once, or checks whether it is alive, when the page %s', async (_, tell) => {
    const { router, connect, clock } = testBench();
    const joe = connect('joe');
    await joe.open();
    tell();
    await clock.advance(0);
    expect(router.count('CALL')).toBe(1);
    const up = router.down();
    await clock.advance(60_000);
    up();
    tell();
    await clock.advance(0);
    expect(joe.status.state).toBe('joined');
  });

  it('does nothing when the page is hidden, or first shown', async () => {
    const { router, connect, clock } = testBench();
    const joe = connect('joe');
    await joe.open();
    document.visibilityState = 'hidden';
    document.tell('visibilitychange');
    page.tell('pageshow', { persisted: false });
    page.tell('pagehide', { persisted: false });
    await clock.advance(0);
    expect([router.count('CALL'), joe.status.state]).toEqual([0, 'joined']);
  });

  it('closes within two seconds when the device says that it is offline, and tries again when it is online', async () => {
    const { router, connect, clock } = testBench();
    const joe = connect('joe');
    await joe.open();
    const restore = router.blackhole();
    navigator.onLine = false;
    page.tell('offline');
    await clock.advance(1999);
    expect(joe.status.state).toBe('joined');
    await clock.advance(1);
    expect(joe.status).toMatchObject({ state: 'waiting', retryAt: undefined });
    const seen = states(joe);
    await clock.advance(20_000);
    expect(seen).toEqual([]);
    restore();
    navigator.onLine = true;
    page.tell('online');
    await clock.advance(0);
    expect(joe.status.state).toBe('joined');
  });

  it('stays open if it still answers: the router may be on the device itself', async () => {
    const { connect, clock } = testBench();
    const joe = connect('joe');
    await joe.open();
    navigator.onLine = false;
    page.tell('offline');
    await clock.advance(60_000);
    expect(joe.status.state).toBe('joined');
  });

  it('tries now and then while the device says that it is offline, in case that is wrong', async () => {
    const { router, connect, clock } = testBench();
    navigator.onLine = false;
    const joe = connect('joe');
    const up = router.down();
    const opened = joe.open();
    await clock.advance(1000);
    expect(joe.status).toMatchObject({ state: 'waiting', retryAt: undefined });
    up();
    await clock.advance(30_000);
    expect(await opened).toBe(joe.session);
  });

  it('asks `decide` also when the device is offline, and obeys it', async () => {
    const { router, connect, clock } = testBench();
    navigator.onLine = false;
    const proposals: unknown[] = [];
    const decide = ({ proposal }: { readonly proposal: number | false }): number => {
      proposals.push(proposal);
      return 100;
    };
    const joe = connect('joe', { retry: { decide } });
    const up = router.down();
    joe.open();
    await clock.advance(50);
    expect(joe.status).toMatchObject({ state: 'waiting', retryAt: new Date(1_000_100) });
    up();
    await clock.advance(50);
    expect(joe.status.state).toBe('joined');
    expect(proposals).toEqual([30_000]);
  });

  it('closes when the page is frozen, and is back with everything when the page is', async () => {
    const { router, connect, clock } = testBench();
    const joe = connect('joe');
    const handle = joe.register('com.test.mine', () => 1);
    await handle.ready;
    page.tell('pagehide', { persisted: true });
    await router.settled();
    expect([joe.status.state, handle.state, router.sessions.length]).toEqual(['waiting', 'lost', 0]);
    page.tell('pageshow', { persisted: true });
    await clock.advance(0);
    expect([joe.status.state, handle.state]).toEqual(['joined', 'active']);
  });

  it('checks once for several events together', async () => {
    const { router, connect, clock } = testBench();
    const joe = connect('joe', { liveness: { timeoutMs: 500 } });
    await joe.open();
    const up = router.down();
    await clock.advance(60_000);
    up();
    const seen = states(joe);
    page.tell('pageshow', { persisted: true });
    page.tell('online');
    document.tell('visibilitychange');
    await clock.advance(0);
    expect(seen).toEqual(['connecting', 'joined']);
  });

  it('listens to the page only while it is open', async () => {
    const { connect } = testBench();
    const joe = connect('joe');
    expect([page.count, document.count]).toEqual([0, 0]);
    await joe.open();
    await joe.open();
    expect([page.count, document.count]).toEqual([4, 2]);
    await joe.close();
    expect([page.count, document.count]).toEqual([0, 0]);
  });
});

it('[N5] a connection works without a page', async () => {
  vi.unstubAllGlobals();
  const { connect } = testBench();
  expect((await connect('joe').open()).isOpen).toBe(true);
});
