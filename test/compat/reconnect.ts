// When it tries again: fake timers, and the same random numbers for both.
import { vi } from 'vitest';
import { GOODBYE, SUBSCRIBED, WELCOME } from '../fixtures/messages.ts';
import { type Any, script, welcome } from './lab.ts';

let random = 0.7;

/** Starts the clock, and a random source that gives the same to both, however often they ask. */
function still(): void {
  random = 0.7;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
  vi.spyOn(Math, 'random').mockImplementation(() => random);
}

/** When each attempt begins and what `onclose` is told, until nothing more happens. */
async function follow(
  lab: Any,
  options: Any,
  play: (line: Any, i: number) => void | Promise<void>,
  stop: (i: number) => unknown = () => {},
): Promise<void> {
  still();
  const { connection, lines } = lab.connection(options);
  const story: unknown[] = [];
  let at = 0;
  let closes = 0;
  connection.onclose = (reason: unknown, details: unknown) => {
    story.push([at, reason, details]);
    return stop(closes++);
  };
  connection.open();
  for (let seen = 0; seen < 40; ) {
    if (lines.length > seen) {
      story.push([at, 'attempt', connection.isRetrying, connection.isConnected]);
      random = [0.7, 0.6, 0.35, 0.8, 0.45, 0.25][seen % 6] ?? 0.7; // neither 0.5 nor near 0 or 1, which are drawn again
      await play(lines[seen], seen);
      seen++;
      await lab.settle();
      continue;
    }
    if (vi.getTimerCount() === 0 || at > 4_000_000) break;
    // To the next timer, and no further.
    const before = Date.now();
    vi.advanceTimersToNextTimer();
    at += Date.now() - before;
    await lab.settle();
  }
  lab.see('story', story);
  lab.see('end', [connection.isRetrying, connection.isConnected, connection.isOpen]);
  lab.see(
    'close at the end',
    lab.attempt(() => connection.close()),
  );
}

const refuse = (line: Any): void => line.drop();
const retries: { [name: string]: [options: Any, stop?: (i: number) => unknown] } = {
  'all defaults, nobody there': [{}],
  'max_retries 3': [{ max_retries: 3 }],
  'max_retries 0': [{ max_retries: 0 }],
  'unlimited, with a cap': [{ max_retries: -1, max_retry_delay: 10 }],
  'own growth and jitter': [{ max_retries: 5, initial_retry_delay: 0.2, retry_delay_growth: 3, retry_delay_jitter: 0.5 }],
  'falsy growth, jitter and cap': [{ max_retries: 4, retry_delay_growth: 0, retry_delay_jitter: 0, max_retry_delay: 0 }],
  'not if unreachable': [{ retry_if_unreachable: false }],
  'onclose returns true': [{}, (i) => i === 2],
  'onclose is async': [{}, async () => {}],
  'onclose returns a number': [{}, () => 1],
  'onclose returns false': [{ max_retries: 2 }, () => false],
};
for (const [name, [options, stop]] of Object.entries(retries))
  script(`reconnect: ${name}`, (lab) => follow(lab, options, refuse, stop));

script('reconnect: an open transport begins the count anew', (lab) =>
  follow(
    lab,
    { max_retries: 2 },
    async (line, i) => {
      if (i < 6) line.open();
      await lab.settle();
      line.drop();
    },
    (i) => i > 10,
  ),
);

script('reconnect: lost after it was joined, then unreachable, then back', (lab) =>
  follow(lab, { max_retries: 3 }, async (line, i) => {
    if (i === 0 || i === 2) {
      line.open();
      await lab.settle();
      line.deliver(WELCOME(7 + i, welcome));
      await lab.settle();
    }
    line.drop();
  }),
);

script('reconnect: a line closed cleanly', (lab) =>
  follow(lab, { max_retries: 2 }, async (line, i) => {
    if (i === 0) {
      line.open();
      await lab.settle();
      line.deliver(WELCOME(7, welcome));
      await lab.settle();
    }
    line.end({ code: 1000, reason: '', wasClean: true });
  }),
);

script('reconnect: what is left after it', async (lab) => {
  still();
  const { connection, lines } = lab.connection({});
  const opened: Any[] = [];
  connection.onopen = (session: Any) => void opened.push(session);
  connection.open();
  for (const i of [0, 1]) {
    lines[i]?.open();
    await lab.settle();
    lines[i]?.deliver(WELCOME(7 + i, welcome));
    await lab.settle();
    if (i === 1) break;
    opened[0].prefix('api', 'com.example');
    opened[0].caller_disclose_me = true;
    opened[0].subscribe('com.example.t', () => {});
    lines[0]?.deliver(SUBSCRIBED(1, 51));
    await lab.settle();
    lines[0]?.drop();
    await lab.settle();
    vi.advanceTimersToNextTimer();
    await lab.settle();
  }
  const [first, second] = opened;
  lab.see('sessions', [opened.length, first === second, first.isOpen, second.isOpen, second.id, connection.session === second]);
  lab.see('nothing is restored', [second.subscriptions, second.resolve('api:x'), second.caller_disclose_me]);
  second.call('com.example.a');
  lab.see('ids begin anew', lines[1]?.sent.slice(1));
  lab.see('the old one', [
    first.subscriptions[0][0].active,
    lab.attempt(() => first.call('com.example.a')),
    lab.attempt(() => first.subscriptions[0][0].unsubscribe()),
  ]);
});

script('reconnect: open() while it waits tries at once', async (lab) => {
  still();
  const { connection, lines } = lab.connection({});
  const closes: Any[] = [];
  connection.onclose = (reason: unknown, details: Any) => void closes.push([reason, details.retry_count, details.retry_delay]);
  connection.open();
  lines[0]?.drop();
  await lab.settle();
  lab.see('waiting', [connection.isRetrying, connection.isConnected, lines.length]);
  connection.open();
  lab.see('at once', [lines.length, connection.isRetrying, connection.isConnected]);
  await lab.settle();
  vi.advanceTimersByTime(60_000);
  await lab.settle();
  lab.see('one line only', lines.length);
  lines[1]?.drop();
  await lab.settle();
  lab.see('the count', closes);
});

script('reconnect: close() while it waits', async (lab) => {
  still();
  const { connection, lines } = lab.connection({});
  let closes = 0;
  connection.onclose = () => void closes++;
  connection.open();
  lines[0]?.drop();
  await lab.settle();
  lab.see(
    'returns',
    lab.attempt(() => connection.close()),
  );
  vi.advanceTimersByTime(60_000);
  await lab.settle();
  lab.see('lines', lines.length);
  lab.see('closes', closes);
});

script('reconnect: open() in onclose', async (lab) => {
  still();
  const { connection, lines } = lab.connection({});
  let closes = 0;
  connection.onclose = () => {
    if (closes++ === 0)
      lab.see(
        'open',
        lab.attempt(() => connection.open()),
      );
    return true;
  };
  connection.open();
  lines[0]?.drop();
  await lab.settle();
  lab.see('lines', lines.length);
  lab.see('session', [connection.session === null, connection.isConnected]);
});

script('reconnect: forced after GOODBYE, by the members that programs know', async (lab) => {
  still();
  const { connection, lines } = lab.connection({});
  const closes: Any[] = [];
  connection.onopen = (session: Any) => {
    session.onleave = (reason: string, details: Any) => {
      connection._session_close_reason = reason;
      connection._session_close_message = details.message || '';
      connection._retry = true;
      connection._transport.close();
    };
  };
  connection.onclose = (reason: unknown, details: unknown) => void closes.push([reason, details]);
  connection.open();
  lines[0]?.open();
  await lab.settle();
  lines[0]?.deliver(WELCOME(7, welcome));
  await lab.settle();
  lines[0]?.deliver(GOODBYE({ message: 'down' }, 'wamp.close.system_shutdown'));
  await lab.settle();
  lab.see('onclose', closes);
  vi.advanceTimersByTime(10_000);
  await lab.settle();
  lab.see('lines', lines.length);
});

script('reconnect: initial_retry_delay 0', async (lab) => {
  await follow(lab, { initial_retry_delay: 0, max_retries: 3 }, refuse);
});

script('reconnect: what is outstanding when the connection is lost', async (lab) => {
  const { connection, session, line } = await lab.joined();
  connection.onclose = () => true;
  const told: Any[] = [];
  for (const promise of [
    session.call('com.example.a'),
    session.subscribe('com.example.t', () => {}),
    session.publish('com.example.t', [], {}, { acknowledge: true }),
  ])
    promise.then(null, (error: Any) => told.push([error instanceof (lab.autobahn.Error as Any), error.error]));
  line.drop();
  await lab.settle();
  lab.see('told', told);
});

script('reconnect: a line on which nothing comes is kept', async (lab) => {
  still();
  const { connection, wire } = await lab.joined({ autoping_interval: 1, autoping_timeout: 1 });
  vi.advanceTimersByTime(3_600_000);
  await lab.settle();
  lab.see('an hour later', [connection.isOpen, wire]);
});
