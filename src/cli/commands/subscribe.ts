/* `autostrada subscribe` */
import { type Command, defineCommand } from '../running/command.ts';
import { stay } from '../running/stay.ts';
import { duration, oneOf, wholeNumber } from '../text/options.ts';
import { bare } from '../text/output.ts';
import { defined, wampOption, wampOptions } from '../text/payload.ts';
import { UsageError } from '../text/usage.ts';

export const subscribe: Command = defineCommand({
  name: 'subscribe',
  synopsis: '<topic> [options]',
  about: [
    'Subscribes, and prints each event until Ctrl-C. It reconnects when the connection is lost.',
    'A single argument without keywords is printed as it is, several arguments or keywords as {"args": …, "kwargs": …}, an empty event as null. Bytes are strings of U+0000 and base64.',
  ],
  options: {
    match: { short: 'm', value: 'HOW', help: 'exact (default), prefix, or wildcard: com.example..price' },
    get_retained: { help: 'asks for the event that the router keeps' },
    details: { help: 'prints {"topic": …, "args": …, "kwargs": …, "details": …}' },
    count: { short: 'c', value: 'N', help: 'ends after this many events' },
    timeout: { short: 't', value: 'TIME', help: 'ends after this time, with exit code 5 if --count asked for more' },
    'no-reconnect': { help: 'ends when the connection is lost, with exit code 2' },
    ...wampOption,
  },
  examples: [
    'autostrada subscribe com.example.news',
    'autostrada subscribe com.example. --match prefix --details | jq -c .topic',
    'autostrada subscribe com.example.ready --count 1 --timeout 30s && deploy',
  ],
  async run(run) {
    const { values, positionals, print } = run;
    const [topic, ...more] = positionals;
    if (topic === undefined) throw new UsageError('expected a topic');
    if (more.length > 0) throw new UsageError(`expected one topic, got '${more[0]}' as well`);
    const count = wholeNumber('count', values.count, 1);
    const timeoutMs = duration('timeout', values.timeout);
    const match = oneOf('match', values.match, ['exact', 'prefix', 'wildcard']);
    const options = { ...wampOptions(values.option), ...defined({ match, get_retained: values.get_retained }) };
    let received = 0;
    await stay(run, {
      reconnects: values['no-reconnect'] !== true,
      timeoutMs,
      missing: () => (count === undefined ? undefined : `${received} of ${count} events came in ${timeoutMs} ms (--timeout)`),
      start: (connection, done) =>
        connection.subscribe(
          topic,
          (args: readonly unknown[], kwargs: object, details) => {
            if (received === count) return; // it came in the same read as the last one
            received++;
            print(values.details ? { topic: details.topic, args, kwargs, details } : (bare(args, kwargs) ?? null));
            if (received === count) done();
          },
          options,
        ),
      ready: `subscribed to ${topic}`,
    });
  },
});
