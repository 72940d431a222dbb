/*
 * A test router whose time passes when told, with connections in it. Afterwards nothing may be left.
 */
import { Connection, type ConnectionOptions } from 'autostrada';
import type { RouterConfig } from 'autostrada/router';
import { ManualClock, TestRouter } from 'autostrada/testing';
import { expect, onTestFinished } from 'vitest';

export interface TestBench {
  readonly clock: ManualClock;
  readonly router: TestRouter;
  /** By the back door, under this authid; closed after the test. */
  connect(authid: string, options?: Partial<ConnectionOptions>): Connection;
}

export function testBench(config?: RouterConfig): TestBench {
  const clock = new ManualClock();
  const router = new TestRouter(config, { clock });
  onTestFinished(async () => {
    await router.close();
    expect(router.sessions).toEqual([]);
    expect(clock.pending, 'timers').toBe(0);
  });
  const connect = (authid: string, options: Partial<ConnectionOptions> = {}): Connection => {
    const url = router.as({ authid, authrole: 'tester' });
    const connection = new Connection({ url, realm: 'realm1', environment: { clock, random: () => 0.5 }, ...options });
    connection.on('status', () => {}); // nothing on the console
    onTestFinished(async () => {
      const closing = connection.close();
      await clock.advance(2000); // through a black hole no answer comes to GOODBYE
      await closing;
    });
    return connection;
  };
  return { clock, router, connect };
}
