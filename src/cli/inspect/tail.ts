/* `autostrada tail` */
import type { Conversation, ConversationKind, WatchNews } from '../../router/index.ts';
import { WATCH, WATCH_PAYLOADS } from '../inspector/inspecting.ts';
import { type Command, defineCommand } from '../running/command.ts';
import { oneOf, wholeNumber } from '../text/options.ts';
import { defined } from '../text/payload.ts';
import { UsageError } from '../text/usage.ts';
import { visible } from '../text/visible.ts';
import { reachOne, reachOptions } from '../up/reach.ts';

/** A conversation that goes on for longer is shown before its end. */
const LONG_MS = 1000;

export const tail: Command = defineCommand({
  name: 'tail',
  synopsis: '[URI] [options]',
  about: [
    'Shows what the sessions of a router ask for, and what comes of it, until Ctrl-C: a line for each call, publication, subscription and registration, with why it failed, or why nobody got the event. A call that takes longer than a second has a line before its end, too.',
    'Without --url, --realm and WAMP_URL it watches the autostrada up or autostrada router --config of this user on this machine, and no login is needed.',
  ],
  options: {
    match: { short: 'm', value: 'HOW', help: 'of the URI: exact (default), prefix, or wildcard' },
    in: { value: 'REALM', help: 'only this realm (default: all)' },
    session: { value: 'ID', help: 'only this session, as caller, callee, publisher or subscriber; with its events' },
    authid: { value: 'NAME', help: 'only sessions of this user; with their events' },
    authrole: { value: 'ROLE', help: 'only sessions with this authrole' },
    calls: { help: 'only calls' },
    publications: { help: 'only publications' },
    failed: { help: 'only what fails, and publications that nobody gets' },
    payloads: { help: 'shows payloads, cut after 4096 characters. They may be personal' },
    rate: { value: 'N', help: 'at most so many new conversations a second (default 1000); it says how many were left out' },
    count: { short: 'c', value: 'N', help: 'ends after so many lines' },
    ...reachOptions,
  },
  examples: [
    'autostrada tail com.example. --match prefix',
    'autostrada tail --failed',
    'autostrada tail --calls --authid joe --payloads',
    'autostrada tail --output ndjson | jq -c [.uri,.endedMs]',
  ],
  async run(run) {
    const { values, positionals } = run;
    const [uri, ...more] = positionals;
    if (more.length > 0) throw new UsageError(`expected one URI, got '${more[0]}' as well`);
    const match = oneOf('match', values.match, ['exact', 'prefix', 'wildcard']);
    if (match && uri === undefined) throw new UsageError('expected a URI beside --match');
    const kinds = kindsOf(values);
    const count = wholeNumber('count', values.count, 1);
    const { authid, authrole, failed, in: realm } = values;
    const filter = defined({
      realm,
      uri,
      match,
      session: wholeNumber('session', values.session, 1),
      authid,
      authrole,
      kinds,
      failed,
      perSecond: wholeNumber('rate', values.rate, 1),
    });
    const enough = new AbortController();
    let shown = 0;
    const show = (conversation: Conversation): void => {
      if (shown === count) return;
      if (run.format === 'pretty') run.write(lineOf(conversation));
      else run.print(conversation);
      if (++shown === count) enough.abort();
    };
    const lines = new Lines(show, (skipped) => run.note(`${skipped} left out (--rate)`));
    await reachOne(run, async (session) => {
      const signal = AbortSignal.any([run.signal, enough.signal]);
      const onProgress = (news: unknown): void => {
        const { conversations, skipped } = news as WatchNews;
        lines.leaveOut(skipped);
        for (const each of conversations) lines.take(each);
      };
      try {
        await session.call(values.payloads ? WATCH_PAYLOADS : WATCH, [filter], null, { signal, onProgress });
      } catch (error) {
        if (!enough.signal.aborted) throw error;
      } finally {
        lines.end();
      }
    });
  },
});

function kindsOf({ calls, publications }: { readonly calls?: boolean | undefined; readonly publications?: boolean | undefined }) {
  const kinds: ConversationKind[] = [...(calls ? (['call'] as const) : []), ...(publications ? (['publish'] as const) : [])];
  return kinds.length > 0 ? kinds : undefined;
}

/** One line at the end of each; and one before it if it takes long. */
class Lines {
  private readonly waiting = new Map<number, { latest: Conversation; readonly timer: NodeJS.Timeout }>();
  private readonly show: (conversation: Conversation) => void;
  private readonly tellSkipped: (skipped: number) => void;
  private skipped = 0;
  private skippedTimer: NodeJS.Timeout | undefined;

  constructor(show: (conversation: Conversation) => void, tellSkipped: (skipped: number) => void) {
    this.show = show;
    this.tellSkipped = tellSkipped;
  }

  /** So many were not told. It says that once a second. */
  leaveOut(skipped: number): void {
    if (skipped === 0) return;
    this.skipped += skipped;
    this.skippedTimer ??= setTimeout(() => this.tellNow(), 1000);
  }

  private tellNow(): void {
    clearTimeout(this.skippedTimer);
    this.skippedTimer = undefined;
    if (this.skipped > 0) this.tellSkipped(this.skipped);
    this.skipped = 0;
  }

  take(conversation: Conversation): void {
    const { row, state } = conversation;
    const known = this.waiting.get(row);
    if (state !== 'waiting') {
      clearTimeout(known?.timer);
      this.waiting.delete(row);
      return this.show(conversation);
    }
    // Progressive results do not put it off, and it has one line however many come.
    if (known) known.latest = conversation;
    else {
      const waits = { latest: conversation, timer: setTimeout(() => this.show(waits.latest), LONG_MS) };
      this.waiting.set(row, waits);
    }
  }

  end(): void {
    for (const { timer } of this.waiting.values()) clearTimeout(timer);
    this.tellNow();
  }
}

const MARKS: { readonly [state in Conversation['state']]: string } = { waiting: '…', done: '✓', failed: '✗' };

function lineOf({ at, kind, uri, from, realm, state, endedMs, says, payload, answer }: Conversation): string {
  const time = new Date(at).toTimeString().slice(0, 8);
  const ms = String(at % 1000).padStart(3, '0');
  const took = kind === 'call' && endedMs !== null ? `${endedMs.toFixed(1)} ms` : '';
  const head = [`${time}.${ms}`, MARKS[state], kind, uri, `(${realm}, ${from.authid})`, took]
    .filter((part) => part !== '')
    .join(' ');
  const payloads = [...(payload === null ? [] : [`    → ${payload}`]), ...(answer === null ? [] : [`    ← ${answer}`])];
  return [`${head}: ${says}`, ...payloads].map((line) => `${visible(line)}\n`).join('');
}
