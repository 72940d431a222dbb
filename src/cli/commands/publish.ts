/* `autostrada publish` */
import { type Command, defineCommand } from '../running/command.ts';
import { publishAll } from '../running/publish-all.ts';
import { isDict, parseJson } from '../text/json-text.ts';
import { lines } from '../text/lines.ts';
import { duration, type Options, oneOf, type Values, wholeNumber } from '../text/options.ts';
import { defined, type Payload, payloadOf, payloadOptions, wampOption, wampOptions } from '../text/payload.ts';
import { messageOf, UsageError } from '../text/usage.ts';

const receivers = {
  exclude: { short: 'e', value: 'IDS', many: true, help: 'sessions that do not get it; commas separate, here and below' },
  exclude_authid: { value: 'NAMES', many: true, help: 'users that do not get it' },
  exclude_authrole: { value: 'NAMES', many: true, help: 'roles that do not get it' },
  eligible: { short: 'l', value: 'IDS', many: true, help: 'only these sessions get it' },
  eligible_authid: { value: 'NAMES', many: true, help: 'only these users get it' },
  eligible_authrole: { value: 'NAMES', many: true, help: 'only these roles get it' },
  exclude_me: { value: 'BOOLEAN', help: 'false: we get it as well, if we subscribe (default true)' },
} as const satisfies Options;

export const publish: Command = defineCommand({
  name: 'publish',
  synopsis: '<topic> [argument…] [options]',
  about: [
    'Publishes an event, or with - one for each line of stdin.',
    'An argument is JSON. If it is not valid JSON, it is taken as a string. For a string that looks like JSON quote it twice (\'"5"\'), or give --strings.',
    'With - each line is one argument: JSON, or with --strings the line as it is. With --events it is {"args": […], "kwargs": {…}}, as `autostrada subscribe --details` prints it. Events keep their order, and no more is read than the router takes.',
    'Exit code 0: the router has received all of them. Only with --acknowledge you learn whether they were allowed.',
  ],
  options: {
    ...payloadOptions,
    acknowledge: { help: 'asks for an answer to each, and prints {"publication": ID}' },
    events: { help: 'reads events with all their arguments from stdin, one per line' },
    ...receivers,
    disclose_me: { short: 'd', help: 'asks the router to tell subscribers who publishes' },
    retain: { help: 'asks the router to keep it for later subscribers' },
    timeout: { short: 't', value: 'TIME', help: 'how long the router may take to answer (default 10s)' },
    ...wampOption,
  },
  examples: [
    'autostrada publish com.example.news hello',
    'autostrada publish com.example.price -k symbol=ACME -k price=41.5 --acknowledge --retain',
    'tail -f app.log | autostrada publish com.example.log - --strings',
    'autostrada subscribe com.example.a --details | autostrada publish com.example.b --events',
  ],
  async run({ values, positionals, stdin, signal, connect, print, note }) {
    const [topic, ...given] = positionals;
    if (topic === undefined) throw new UsageError('expected a topic');
    const isStream = values.events === true || (given.length === 1 && given[0] === '-');
    const isGiven = given.length > (values.events ? 0 : 1) || (values.args ?? values.kwargs ?? values.keyword) !== undefined;
    if (isStream && isGiven) {
      throw new UsageError('expected the events from stdin or from the command line, got both');
    }
    const timeoutMs = duration('timeout', values.timeout) ?? 10_000;
    const options = {
      ...wampOptions(values.option),
      ...defined(receiverOptions(values)),
      ...defined({ disclose_me: values.disclose_me, retain: values.retain }),
    };
    const { args, kwargs } = isStream ? none : await payloadOf(given, values, stdin);
    const events = (signal: AbortSignal): AsyncIterable<Payload> =>
      isStream ? eventsOf(lines(stdin, signal), values) : one({ args, kwargs });
    const { connection, session } = await connect();
    try {
      const acknowledge = values.acknowledge === true;
      await publishAll(events, { session, topic, options, acknowledge, timeoutMs, signal, print, note });
    } finally {
      await connection.close();
    }
  },
});

function receiverOptions(values: Values<typeof receivers>) {
  const ids = (name: keyof typeof receivers, given: readonly string[] | undefined) =>
    separated(given)?.flatMap((each) => wholeNumber(name, each, 1) ?? []);
  const exclude_me = oneOf('exclude_me', values.exclude_me, ['true', 'false']);
  return {
    exclude: ids('exclude', values.exclude),
    exclude_authid: separated(values.exclude_authid),
    exclude_authrole: separated(values.exclude_authrole),
    eligible: ids('eligible', values.eligible),
    eligible_authid: separated(values.eligible_authid),
    eligible_authrole: separated(values.eligible_authrole),
    exclude_me: exclude_me === undefined ? undefined : exclude_me === 'true',
  };
}

function separated(given: readonly string[] | undefined): readonly string[] | undefined {
  return given?.flatMap((each) => each.split(','));
}

const none: Payload = { args: [], kwargs: {} };

async function* one(payload: Payload): AsyncGenerator<Payload> {
  yield payload;
}

async function* eventsOf(
  input: AsyncIterable<string>,
  { events, strings }: { readonly events?: true; readonly strings?: true },
): AsyncGenerator<Payload> {
  let number = 0;
  for await (const line of input) {
    number++;
    if (strings && !events) yield { args: [line], kwargs: {} };
    else if (line.trim() !== '') yield payloadIn(line, number, events === true);
  }
}

function payloadIn(line: string, number: number, isEvent: boolean): Payload {
  let value: unknown;
  try {
    value = parseJson(line);
  } catch (error) {
    throw new UsageError(`line ${number} of the input: expected JSON: ${messageOf(error)}`);
  }
  if (!isEvent) return { args: [value], kwargs: {} };
  const { args = [], kwargs = {} } = isDict(value) ? value : { args: undefined, kwargs: null };
  if (Array.isArray(args) && isDict(kwargs)) return { args, kwargs };
  throw new UsageError(`line ${number} of the input: expected {"args": […], "kwargs": {…}}`);
}
