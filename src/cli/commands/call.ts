/* `autostrada call` */
import { Result } from '../../index.ts';
import { type Command, defineCommand } from '../running/command.ts';
import { duration } from '../text/options.ts';
import { bare, whole } from '../text/output.ts';
import { defined, payloadOf, payloadOptions, wampOption, wampOptions } from '../text/payload.ts';
import { UsageError } from '../text/usage.ts';

export const call: Command = defineCommand({
  name: 'call',
  synopsis: '<procedure> [argument…] [options]',
  about: [
    'Calls a procedure and prints its result.',
    'An argument is JSON. If it is not valid JSON, it is taken as a string. For a string that looks like JSON quote it twice (\'"5"\'), or give --strings.',
    'A single positional result without keywords is printed as it is, everything else as {"args": …, "kwargs": …}. An empty result prints nothing. Bytes are strings of U+0000 and base64, in both directions.',
    'An ERROR goes to stderr, with exit code 4. Ctrl-C cancels the call.',
  ],
  options: {
    ...payloadOptions,
    progress: { short: 'p', help: 'asks for progressive results, and prints each' },
    timeout: {
      short: 't',
      value: 'TIME',
      help: 'how long the result may take, e.g. 500 (ms), 1.5s; each progressive result starts it again (default: no limit)',
    },
    disclose_me: { short: 'd', help: 'asks the router to tell the callee who calls' },
    details: { help: 'prints {"args": …, "kwargs": …, "details": …}' },
    ...wampOption,
  },
  examples: [
    'autostrada call com.example.add 2 3',
    'autostrada call com.example.greet joe -k title=Dr -k formal=true',
    'autostrada call com.example.import --args @orders.json --timeout 30s',
    'autostrada call wamp.session.list',
  ],
  async run({ values, positionals, stdin, signal, connect, print }) {
    const [procedure, ...given] = positionals;
    if (procedure === undefined) throw new UsageError('expected a procedure');
    const timeoutMs = duration('timeout', values.timeout);
    const options = { ...wampOptions(values.option), ...defined({ disclose_me: values.disclose_me }) };
    const { args, kwargs } = await payloadOf(given, values, stdin);
    const onProgress = (value: unknown): void => {
      const [args, kwargs] = value instanceof Result ? [value.args, value.kwargs] : [value === undefined ? [] : [value], {}];
      print(values.details ? whole(args, kwargs, { progress: true }) : bare(args, kwargs));
    };
    const { connection, session } = await connect();
    try {
      const result = await session.callResult(procedure, args, kwargs, {
        ...options,
        signal,
        timeoutMs,
        ...(values.progress ? { onProgress } : {}),
      });
      const value = bare(result.args, result.kwargs);
      if (values.details) print(whole(result.args, result.kwargs, result.details));
      else if (value !== undefined) print(value);
    } finally {
      await connection.close();
    }
  },
});
