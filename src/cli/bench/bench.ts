/* `autostrada bench` */
import { TimeoutError } from '../../index.ts';
import { type Command, defineCommand, type Run } from '../running/command.ts';
import { toJson } from '../text/json-text.ts';
import { duration, type Options, wholeNumber } from '../text/options.ts';
import { type Payload, payloadOf, payloadOptions, wampOption, wampOptions } from '../text/payload.ts';
import { UsageError } from '../text/usage.ts';
import { measureCalls } from './calls.ts';
import { measurePublications, STAMP } from './events.ts';
import { type Asked, type Report, reportOf, textOf } from './report.ts';
import { Stand } from './stand.ts';

const ECHO = 'com.example.bench';
const defaults = { inFlight: 64, connections: 1, seconds: '10', timeoutMs: 5000 } as const;

const own = {
  'in-flight': { value: 'N', help: 'at most this many wait for their answers, of all connections together (default 64)' },
  connections: { short: 'c', value: 'N', help: 'how many sessions send (default 1)' },
  seconds: { value: 'TIME', help: 'how long it sends: seconds, or a time such as 500ms, 2m (default 10)' },
  rate: {
    value: 'N',
    help: 'sends so many a second, of all connections together; latency counts from when a request should have been sent. Without it the next one is sent when an answer has come',
  },
  size: { value: 'BYTES', help: 'sends one string of so many bytes instead of arguments' },
  echo: { help: `call: registers the procedure itself, and answers with the arguments (default URI: ${ECHO})` },
  subscribers: { value: 'N', help: `publish: sessions of its own that subscribe; events get the keyword ${STAMP} (default 0)` },
  acknowledge: { help: 'publish: asks for an answer to each' },
  timeout: {
    short: 't',
    value: 'TIME',
    help: 'how long it waits for what is missing, after the last answer or event (default 5s)',
  },
  json: { help: 'the same as --output json' },
} as const satisfies Options;

const options = { ...own, ...payloadOptions, ...wampOption } as const;

export const bench: Command = defineCommand({
  name: 'bench',
  synopsis: '(call <procedure> | publish <topic>) [argument…] [options]',
  about: [
    'Measures how many calls or events a router takes, and how long they need: the median (p50), and how long the slowest 10, 1 and 0.1 % take at least (p90, p99, p99.9).',
    'One call or one acknowledged publication before all others is not measured: if it fails, nothing more is sent. Latencies are those of requests that succeeded. Ctrl-C ends it, and prints what was measured.',
    'All sessions are in this process, which needs a processor of its own: what it measures is never better than itself.',
    'Exit code 4: some failed; 5: answers or events are missing.',
  ],
  options,
  examples: [
    'autostrada bench call --echo',
    'autostrada bench call com.example.add 1 2 --connections 4 --rate 5000 --seconds 30',
    'autostrada bench publish com.example.news \'{"x":1}\' --subscribers 100',
    'autostrada bench publish com.example.news --size 1000 --acknowledge --json | jq .latency_ms.p99',
  ],
  async run(run) {
    const { values, positionals, signal } = run;
    const [action, uri, ...given] = positionals;
    if (action !== 'call' && action !== 'publish') throw new UsageError(`expected call or publish, got '${action ?? ''}'`);
    if (values.json === true && values.output !== undefined) throw new UsageError('expected --json or --output, got both');
    const foreign = action === 'call' ? (['subscribers', 'acknowledge'] as const) : (['echo'] as const);
    for (const name of foreign) {
      if (values[name] !== undefined)
        throw new UsageError(
          `expected --${name} with bench ${action === 'call' ? 'publish' : 'call'}, got it with bench ${action}`,
        );
    }
    const target = uri ?? (values.echo === true ? ECHO : undefined);
    if (target === undefined) throw new UsageError(action === 'call' ? 'expected a procedure, or --echo' : 'expected a topic');
    const amount = amountOf(values);
    const subscribers = wholeNumber('subscribers', values.subscribers) ?? 0;
    const acknowledge = values.acknowledge === true;
    const payload = await sentPayload(run, given);
    const asked: Asked = {
      what: action === 'call' ? 'calls' : 'publications',
      uri: target,
      ...amount,
      subscribers,
      answered: action === 'call' || acknowledge,
    };
    const common = { ...amount, payload, options: wampOptions(values.option) };
    const begins = (): void =>
      run.note(`${action === 'call' ? 'calls' : 'publishes to'} ${target} for ${amount.durationMs / 1000} s; Ctrl-C ends it`);
    const stand = new Stand(run);
    let failure: unknown;
    try {
      const measured =
        action === 'call'
          ? {
              ...(await measureCalls(stand, { ...common, procedure: target, echo: values.echo === true }, begins)),
              received: undefined,
            }
          : await measurePublications(stand, { ...common, topic: target, acknowledge, subscribers }, begins);
      const report = reportOf(asked, measured, measured.received);
      if (values.json === true)
        run.write(`${toJson(report)}
`);
      else if (run.format === 'pretty') run.write(textOf(asked, report));
      else run.print(report);
      failure = measured.tally.firstFailure ?? missing(asked, report);
    } finally {
      await stand.close();
    }
    signal.throwIfAborted();
    stand.throwIfLost();
    if (failure !== undefined) throw failure;
  },
});

type Given = Run<typeof options>['values'];

/** @throws UsageError */
function amountOf(values: Given) {
  const connections = wholeNumber('connections', values.connections, 1) ?? defaults.connections;
  const inFlight = wholeNumber('in-flight', values['in-flight'], 1) ?? Math.max(defaults.inFlight, connections);
  if (inFlight < connections)
    throw new UsageError(`expected --in-flight to be at least --connections (${connections}), got '${inFlight}'`);
  if (inFlight > MAX_IN_FLIGHT) throw new UsageError(`expected --in-flight to be at most ${MAX_IN_FLIGHT}, got '${inFlight}'`);
  const seconds = values.seconds ?? defaults.seconds;
  const durationMs = duration('seconds', /^\d+(\.\d+)?$/.test(seconds) ? `${seconds}s` : seconds) ?? 0;
  if (durationMs > MAX_MS) throw new UsageError(`expected --seconds to be at most 24 days, got '${seconds}'`);
  return {
    connections,
    inFlight,
    rate: rateOf(values.rate),
    durationMs,
    timeoutMs: duration('timeout', values.timeout) ?? defaults.timeoutMs,
  };
}

/** Each has its place in memory, and its request id. */
const MAX_IN_FLIGHT = 100_000;
/** Of a timer. */
const MAX_MS = 2 ** 31 - 1;
const MAX_RATE = 1_000_000;
const MAX_SIZE = 16 * 2 ** 20;

/** @throws UsageError */
function rateOf(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const rate = Number(given);
  if (!/^\d+(\.\d+)?$/.test(given) || rate <= 0 || rate > MAX_RATE)
    throw new UsageError(`expected --rate to be a number of requests a second, up to ${MAX_RATE}, got '${given}'`);
  return rate;
}

/** @throws UsageError */
async function sentPayload(
  { values, stdin }: Pick<Run<typeof options>, 'values' | 'stdin'>,
  given: readonly string[],
): Promise<Payload> {
  const size = wholeNumber('size', values.size);
  if (size === undefined) return payloadOf(given, values, stdin);
  if (size > MAX_SIZE) throw new UsageError(`expected --size to be at most ${MAX_SIZE} bytes, got '${values.size}'`);
  if (given.length > 0 || (values.args ?? values.kwargs ?? values.keyword) !== undefined)
    throw new UsageError('expected arguments or --size, got both');
  return { args: ['x'.repeat(size)], kwargs: {} };
}

function missing({ what }: Asked, { sent, unanswered, events }: Report): TimeoutError | undefined {
  if (unanswered > 0) return new TimeoutError(`${unanswered} of ${sent} ${what} were not answered`);
  if (events && events.lost > 0) return new TimeoutError(`${events.lost} of ${events.received + events.lost} events were lost`);
  return undefined;
}
