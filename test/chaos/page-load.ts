/*
 * The load inside a page: its functions go there by `page.evaluate`, so they know nothing of this file. What happens is written down there,
 * and compared here by the same ledger that Node.js's clients have.
 */
import type { Page } from 'playwright';
import type { Ledger, Outcome, Policy } from './ledger.ts';
import { Watched } from './watched.ts';
import '../browser/stage.ts'; // the globals of pages

/** What a page has written down. Times: milliseconds since 1970, fractions included. */
export interface PageLog {
  readonly calls: { readonly id: number; readonly policy: Policy; outcome?: Outcome }[];
  readonly runs: number[];
  readonly published: { readonly id: number; readonly sentAt: number; acknowledgedAt?: number }[];
  /** An event's id and publication, or when SUBSCRIBED came. */
  readonly heard: (readonly [id: number, publication: number] | number)[];
  readonly unhandled: string[];
  readonly wrong: string[];
  pending: number;
  stop(): void;
}

declare global {
  var chaosLog: PageLog;
}

export interface PageLoadOptions {
  readonly index: number;
  readonly pages: number;
  readonly url: string;
  readonly serializer: 'json' | 'msgpack';
}

/** Begins in a page that has the script bundle. */
export async function startLoad(page: Page, options: PageLoadOptions): Promise<void> {
  await page.evaluate(async ({ index, pages, url, serializer }) => {
    const { Connection, ConnectionLostError } = autostrada;
    const log: PageLog = {
      calls: [],
      runs: [],
      published: [],
      heard: [],
      unhandled: [],
      wrong: [],
      pending: 0,
      stop: () => clearInterval(timer),
    };
    globalThis.chaosLog = log;
    const now = (): number => performance.timeOrigin + performance.now();
    globalThis.connection = new Connection({
      url,
      realm: 'realm1',
      serializers: [autostrada[serializer]()],
      retry: { minMs: 20, maxMs: 250, stableMs: 500 },
      joinTimeoutMs: 1000,
      liveness: { idleMs: 300, timeoutMs: 400 },
    });
    addEventListener('unhandledrejection', ({ reason }) => log.unhandled.push(String(reason)));
    connection.on('status', () => {});
    const news = connection.subscribe('chaos.news', ([id]: [number], _kwargs, { publication }) =>
      log.heard.push([id, publication]),
    );
    news.on('state', (state) => state === 'active' && log.heard.push(now()));
    const echo = connection.register(`chaos.page${index}.echo`, ([id]: [number]) => {
      log.runs.push(id);
      return id;
    });
    await Promise.all([news.ready, echo.ready]);
    let last = index * 1e6;
    const policies = ['never', 'not-sent', 'unknown'] as const;
    const watch = (promise: Promise<unknown>, done: (value: unknown) => void, failed: (error: unknown) => void): void => {
      log.pending++;
      const end = (): void => {
        log.pending--;
      };
      promise.then(done, failed).then(end, end);
    };
    const timer = setInterval(() => {
      const id = ++last;
      const policy = policies[id % 3] ?? 'never';
      const call: PageLog['calls'][number] = { id, policy };
      log.calls.push(call);
      const to = `chaos.page${(index + 1 + (id % (pages - 1))) % pages}.echo`;
      watch(
        connection.call(to, [id], null, { retryOnLoss: policy }),
        (answer) => {
          call.outcome = 'answered';
          if (answer !== id) log.wrong.push(`call ${id} was answered with ${answer}`);
        },
        (error) => {
          call.outcome = error instanceof ConnectionLostError && error.delivery === 'not-sent' ? 'not sent' : 'failed';
        },
      );
      const event: PageLog['published'][number] = { id, sentAt: now() };
      log.published.push(event);
      watch(
        connection.publish('chaos.news', [id], null, { acknowledge: true, exclude_me: false }),
        () => {
          event.acknowledgedAt = now();
        },
        () => {},
      );
    }, 40);
  }, options);
}

/** What a page has written down until now. */
export async function readLog(page: Page): Promise<Omit<PageLog, 'stop'>> {
  return page.evaluate(() => {
    const { stop: _, ...log } = chaosLog;
    return log;
  });
}

/** Compares all of them. Clocks of pages differ by less than this, in milliseconds. */
const SKEW_MS = 5;

export function enter(ledger: Ledger, logs: readonly Omit<PageLog, 'stop'>[]): void {
  for (const [index, { calls, runs, published, pending, unhandled, wrong }] of logs.entries()) {
    const publisher = `page${index}`;
    for (const { id, policy, outcome } of calls) ledger.entered(id, policy, outcome);
    for (const id of runs) ledger.ran(id);
    const shared = { topic: 'chaos.news', publisher, session: undefined, isRepeatable: false, isForAll: true };
    for (const { id, sentAt, acknowledgedAt } of published) {
      ledger.published({ id, sentAt, ...shared });
      if (acknowledgedAt !== undefined) ledger.acknowledged(id, acknowledgedAt + SKEW_MS);
    }
    if (pending > 0) ledger.violate('promises not settled', `${pending} of ${publisher}`);
    for (const what of wrong) ledger.violate('wrong answers, orders and errors', `${publisher}: ${what}`);
    for (const what of unhandled) ledger.violate('unhandled rejections', `${publisher}: ${what}`);
  }
  for (const [index, { heard }] of logs.entries()) {
    const watched = new Watched(ledger, `page${index}'s chaos.news`, `page${index}`, () => true);
    for (const what of heard) {
      if (typeof what === 'number') watched.stands(what);
      else watched.received(...what);
    }
  }
}
