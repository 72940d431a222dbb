/* `autostrada ping` */
import { TimeoutError } from '../../index.ts';
import { type Command, defineCommand } from '../running/command.ts';
import { roundTrip } from '../running/round-trip.ts';
import { timer } from '../running/timer.ts';
import { duration, wholeNumber } from '../text/options.ts';
import { UsageError } from '../text/usage.ts';

export const ping: Command = defineCommand({
  name: 'ping',
  synopsis: '[options]',
  about: [
    'Measures how long the router takes to answer in an open session.',
    'Each round trip is a call of wamp.session.count, the cheapest one; any answer counts. On a terminal the output is like that of ping; elsewhere there is one document per line: {"seq", "ms"} each, {"sent", "received", "min", "avg", "max", "mdev"} (in milliseconds) at last.',
  ],
  options: {
    count: { short: 'c', value: 'N', help: 'how many (default 4); 0: until Ctrl-C' },
    interval: { short: 'i', value: 'TIME', help: 'the time between two of them (default 1s)' },
    timeout: { short: 't', value: 'TIME', help: 'how long to wait for each (default 5s); a missing answer makes the exit code 5' },
  },
  examples: ['autostrada ping --url wss://example.com/ws', 'autostrada ping --count 100 --interval 10ms | tail -1'],
  async run({ values, positionals, format, signal, stopped, connect, print, write }) {
    if (positionals.length > 0) throw new UsageError(`expected options only (--url URL), got '${positionals[0]}'`);
    const count = wholeNumber('count', values.count) ?? 4;
    const intervalMs = duration('interval', values.interval) ?? 1000;
    const timeoutMs = duration('timeout', values.timeout) ?? 5000;
    const { connection, session, url } = await connect();
    const times: number[] = [];
    let sent = 0;
    const isText = format === 'pretty';
    const lost = session.ended.then((error): never => {
      throw error;
    });
    lost.catch(() => {}); // every wait below awaits it too
    const tell = (text: string, document: object): void => (isText ? write(`${text}\n`) : print(document));
    try {
      while (!signal.aborted && (count === 0 || sent < count)) {
        const begun = performance.now();
        sent++;
        try {
          await Promise.race([roundTrip(session, { signal, timeoutMs }), lost]);
          const ms = round(performance.now() - begun);
          times.push(ms);
          tell(`answer from ${url}: seq=${sent} time=${ms} ms`, { seq: sent, ms });
        } catch (error) {
          if (!(error instanceof TimeoutError)) throw error;
          tell(`no answer from ${url}: seq=${sent}`, { seq: sent, ms: null });
        }
        const left = intervalMs - (performance.now() - begun);
        if (sent !== count && left > 0) await pause(left, stopped, lost);
      }
    } finally {
      const figures = figuresOf(sent, times);
      tell(asText(url, figures), figures);
      await connection.close();
    }
    signal.throwIfAborted();
    if (times.length < sent) throw new TimeoutError(`${sent - times.length} of ${sent} were not answered in ${timeoutMs} ms`);
  },
});

async function pause(ms: number, ...ends: readonly Promise<never>[]): Promise<void> {
  const { up, clear } = timer(ms);
  try {
    await Promise.race([up, ...ends]);
  } finally {
    clear();
  }
}

interface Figures {
  readonly sent: number;
  readonly received: number;
  /** Null when nothing was received; so are the others. */
  readonly min: number | null;
  readonly avg: number | null;
  readonly max: number | null;
  /** The standard deviation; ping uses this name. */
  readonly mdev: number | null;
}

export function figuresOf(sent: number, times: readonly number[]): Figures {
  const received = times.length;
  if (received === 0) return { sent, received, min: null, avg: null, max: null, mdev: null };
  const avg = times.reduce((sum, ms) => sum + ms, 0) / received;
  const variance = times.reduce((sum, ms) => sum + (ms - avg) ** 2, 0) / received;
  const [min, max] = times.reduce(([low, high], ms) => [Math.min(low, ms), Math.max(high, ms)], [Infinity, 0]);
  return { sent, received, min, avg: round(avg), max, mdev: round(Math.sqrt(variance)) };
}

function asText(url: string, { sent, received, min, avg, max, mdev }: Figures): string {
  const loss = sent === 0 ? 0 : Math.round((100 * (sent - received)) / sent);
  const head = `--- ${url} ---\n${sent} sent, ${received} answered, ${loss}% lost`;
  return received === 0 ? head : `${head}\nmin/avg/max/mdev = ${[min, avg, max, mdev].join('/')} ms`;
}

/** The clock is precise to microseconds. */
function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
