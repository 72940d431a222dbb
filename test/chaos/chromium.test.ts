/*
 * The same in real pages: Chromium's offline emulation, lines that break, a router that is killed.
 *
 *   SEED=7 npm run test:chaos
 */
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, launchChromium } from '../browser/chromium.ts';
import { openStage, type Stage } from '../browser/stage.ts';
import { Random } from '../fuzz/random.ts';
import { FaultProxy } from './fault-proxy.ts';
import { type Fault, faultOf, type LineFault } from './faults.ts';
import { invariants, Ledger } from './ledger.ts';
import { enter, readLog, startLoad } from './page-load.ts';
import { RouterProcess } from './router-process.ts';
import { isLong, seed } from './seed.ts';

/** What can be counted from the logs of pages. That the handles are there is waited for. */
const counted = invariants.filter((invariant) => !/missing|heap|left over/.test(invariant));
const PAGES = 3;
const FAULTS = isLong ? 200 : 40;

type PageFault = Omit<Fault, 'what'> & {
  readonly what: LineFault | { readonly kind: 'offline'; readonly ms: number } | { readonly kind: 'router killed' };
};

/** The `index`th of a seed: every other one is `offline`. */
function pageFaultOf(index: number): PageFault {
  const random = new Random(seed, 1e6 + index);
  const { what, ...when } = faultOf(seed, 1e6 + index);
  if (index % 20 === 10) return { ...when, what: { kind: 'router killed' } };
  switch (what.kind) {
    case 'reset':
    case 'close':
    case 'half-open':
    case 'garbage':
    case 'cut':
    case 'slow':
      if (random.chance(0.5)) return { ...when, what };
      break;
    default:
  }
  return { ...when, what: { kind: 'offline', ms: 50 + random.below(1200) } };
}

describe.skipIf(!hasChromium)('chaos in pages', () => {
  let browser: Browser;
  let stage: Stage;
  let router: RouterProcess;
  const proxies: FaultProxy[] = [];

  beforeAll(async () => {
    browser = await launchChromium();
    stage = await openStage();
    router = await RouterProcess.start();
  });
  afterAll(async () => {
    await browser?.close();
    await stage?.close();
    for (const proxy of proxies) await proxy.close();
    await router?.end();
  });

  test('[N5] loses nothing in pages that are offline now and then, on connections that break', { timeout: 300_000 }, async () => {
    console.log(`chaos in pages begins: SEED=${seed}`);
    const pages: Page[] = [];
    for (let index = 0; index < PAGES; index++) {
      const proxy = await FaultProxy.open({ protocol: 'websocket', routerPort: () => router.port });
      proxies.push(proxy);
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(stage.url);
      await page.addScriptTag({ url: '/autostrada.min.js' });
      await startLoad(page, {
        index,
        pages: PAGES,
        url: `ws://127.0.0.1:${proxy.port}/ws`,
        serializer: index % 2 ? 'msgpack' : 'json',
      });
      pages.push(page);
    }
    const counts = new Map<string, number>();
    for (const { kind } of await strike(pages)) counts.set(kind, (counts.get(kind) ?? 0) + 1);

    for (const page of pages) await page.evaluate(() => chaosLog.stop());
    for (const proxy of proxies) proxy.heal();
    // Whole again: each is called by the next, and hears what is published.
    const isWhole = (): Promise<boolean[]> =>
      Promise.all(
        pages.map((page, index) =>
          page.evaluate(
            async ([to, id]) => {
              if (connection.handles.some(({ state }) => state !== 'active') || chaosLog.pending > 0) return false;
              const called = connection.call(`chaos.page${to}.echo`, [0], null, { timeoutMs: 1000 });
              const told = connection.publish('chaos.news', [id], null, { acknowledge: true, exclude_me: false, timeoutMs: 1000 });
              return Promise.all([called, told]).then(
                ([answer]) => answer === 0,
                () => false,
              );
            },
            [(index + 1) % PAGES, -1 - index] as const,
          ),
        ),
      );
    await expect.poll(isWhole, { timeout: 30_000, interval: 200 }).toEqual(pages.map(() => true));
    const logs = async () => Promise.all(pages.map(readLog));
    const heardOf = async () =>
      (await logs()).map(({ heard }) =>
        pages.every((_, i) => heard.some((what) => typeof what !== 'number' && what[0] === -1 - i)),
      );
    await expect.poll(heardOf, { timeout: 10_000 }).toEqual(pages.map(() => true));

    const ledger = new Ledger((invariant, what) => console.error(`VIOLATED (seed ${seed}): ${invariant}: ${what}`));
    enter(ledger, await logs());
    ledger.close();
    const reconnects = await Promise.all(pages.map((page) => page.evaluate(() => connection.stats().reconnects)));
    const { calls, answered, published, acknowledged, events } = ledger.tally;
    console.log(
      [
        `chaos in ${PAGES} pages, seed ${seed}: ${FAULTS} faults`,
        ...[...counts].map(([kind, count]) => `  ${String(count).padStart(7)} ${kind}`),
        `${reconnects.reduce((sum, count) => sum + count, 0)} reconnects, ${calls} calls (${answered} answered)`,
        `${published} events published (${acknowledged} acknowledged), ${events} received`,
        'violations:',
        ...counted.map((invariant) => `  ${String(ledger.violations(invariant)).padStart(7)} ${invariant}`),
      ].join('\n'),
    );
    expect(invariants.filter((invariant) => ledger.violations(invariant) > 0)).toEqual([]);
    expect(reconnects.every((count) => count > 0)).toBe(true);
  });

  async function strike(pages: readonly Page[]): Promise<readonly PageFault['what'][]> {
    const under: Promise<unknown>[] = [];
    const struck: PageFault['what'][] = [];
    for (let index = 0; index < FAULTS; index++) {
      const { afterMs, victim, what } = pageFaultOf(index);
      await new Promise((resolve) => setTimeout(resolve, 3 * afterMs));
      struck.push(what);
      const at = victim % PAGES;
      if (what.kind === 'router killed') await router.restart('SIGKILL', 100);
      else if (what.kind === 'offline') {
        const context = pages[at]?.context();
        under.push(
          (async () => {
            await context?.setOffline(true);
            await new Promise((resolve) => setTimeout(resolve, what.ms));
            await context?.setOffline(false);
          })(),
        );
      } else proxies[at]?.fault(what);
    }
    await Promise.all(under);
    for (const page of pages) await page.context().setOffline(false);
    return struck;
  }
});
