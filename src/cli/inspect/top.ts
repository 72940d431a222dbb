/* `autostrada top` */
import type { TopNews, TopSession } from '../../router/index.ts';
import { TOP } from '../inspector/inspecting.ts';
import { type Command, defineCommand } from '../running/command.ts';
import { duration, oneOf, wholeNumber } from '../text/options.ts';
import { defined } from '../text/payload.ts';
import { tableOf } from '../text/table.ts';
import { UsageError } from '../text/usage.ts';
import { visible } from '../text/visible.ts';
import { reachOne, reachOptions } from '../up/reach.ts';

const ORDERS = ['messages', 'bytes', 'queued', 'calls', 'dropped', 'joined'] as const;

/** To the first line, and nothing below it. */
const CLEAR = '\u001b[H\u001b[J';

export const top: Command = defineCommand({
  name: 'top',
  synopsis: '[options]',
  about: [
    'Shows, again and again until Ctrl-C, what a router has to do, and its sessions that send and receive most. On a terminal it is a table; elsewhere one document per line, with all that is known of each session.',
    'Without --url, --realm and WAMP_URL it watches the autostrada up or autostrada router --config of this user on this machine, and no login is needed.',
  ],
  options: {
    order: { value: 'BY', help: `${ORDERS.join(', ')}: the largest first (default messages, a second)` },
    in: { value: 'REALM', help: 'only sessions of this realm (default: all)' },
    limit: { short: 'n', value: 'N', help: 'so many sessions (default 20, at most 1000)' },
    every: { value: 'TIME', help: 'the time between two looks (default 1s)' },
    count: { short: 'c', value: 'N', help: 'ends after so many looks' },
    ...reachOptions,
  },
  examples: ['autostrada top', 'autostrada top --order queued --in shop', 'autostrada top --count 1 | jq .stats'],
  async run(run) {
    const { values, positionals } = run;
    if (positionals.length > 0) throw new UsageError(`expected options only, got '${positionals[0]}'`);
    const order = oneOf('order', values.order, ORDERS);
    const limit = wholeNumber('limit', values.limit, 1);
    const count = wholeNumber('count', values.count, 1);
    const query = defined({ realm: values.in, order, limit, everyMs: duration('every', values.every) });
    const enough = new AbortController();
    let shown = 0;
    const onProgress = (news: unknown): void => {
      const seen = news as TopNews;
      if (seen.afterMs === 0 || shown === count) return; // the first has no rates
      if (run.format === 'pretty') run.write(`${run.isTerminal ? CLEAR : ''}${pageOf(seen)}`);
      else run.print(seen);
      if (++shown === count) enough.abort();
    };
    await reachOne(run, async (session) => {
      const signal = AbortSignal.any([run.signal, enough.signal]);
      try {
        await session.call(TOP, [query], null, { signal, onProgress });
      } catch (error) {
        if (!enough.signal.aborted) throw error;
      }
    });
  },
});

function pageOf({ at, stats, perSecond, count, sessions }: TopNews): string {
  const { messagesIn, messagesOut, bytesIn, bytesOut } = perSecond;
  const head = [
    `${new Date(at).toTimeString().slice(0, 8)}  sessions ${stats.sessions}  calls ${stats.calls}  subscriptions ${stats.subscriptions}  registrations ${stats.registrations}`,
    `in ${messagesIn}/s (${bytes(bytesIn)}/s)  out ${messagesOut}/s (${bytes(bytesOut)}/s)  queued ${bytes(stats.queuedBytes)}  dropped events ${stats.droppedEvents}  refused logins ${stats.refusedLogins}`,
  ];
  const rest = count > sessions.length ? `${sessions.length} of ${count} sessions\n` : '';
  return `${head.join('\n')}\n\n${tableOf([HEADINGS, ...sessions.map((each) => cellsOf(each, at))])}${rest}`;
}

const HEADINGS = [
  'SESSION',
  'AUTHID',
  'AUTHROLE',
  'REALM',
  'IN/s',
  'OUT/s',
  'QUEUED',
  'CALLS',
  'ANSWERS',
  'SUBS',
  'REGS',
  'SINCE',
  'TRANSPORT',
  'PEER',
  'AGENT',
];

function cellsOf(session: TopSession, at: number): readonly string[] {
  const { perSecond, queuedBytes, calls, invocations, subscriptions, registrations, joinedAt, peer, agent } = session;
  return [
    String(session.session),
    short(session.authid),
    short(session.authrole),
    short(session.realm),
    String(perSecond.messagesIn),
    String(perSecond.messagesOut),
    bytes(queuedBytes),
    String(calls),
    String(invocations),
    String(subscriptions),
    String(registrations),
    age(at - joinedAt),
    `${session.transport} ${session.serializer}`,
    peer ?? '-',
    agent === null ? '-' : short(agent),
  ];
}

/** Names come from clients. */
function short(text: string): string {
  const plain = visible(text);
  return plain.length <= 24 ? plain : `${plain.slice(0, 23)}…`;
}

function bytes(count: number): string {
  if (count < 10_000) return `${Math.round(count)} B`;
  return count < 10_000_000 ? `${Math.round(count / 1000)} kB` : `${Math.round(count / 1e6)} MB`;
}

function age(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}
