/* `autostrada call` */
import { Result } from '../index.ts';
import { type Command, defineCommand } from './command.ts';
import { duration } from './options.ts';
import { bare, whole } from './output.ts';
import { defined, payloadOf, payloadOptions, wampOption, wampOptions } from './payload.ts';
import { UsageError } from './usage.ts';

export const call: Command = defineCommand({
  name: 'call',
  synopsis: '<procedure> [argument…] [options]',
  about: [
    'Calls a procedure and prints its result.',
    'An argument is JSON; what is no JSON is the string that it is. For a string that looks like JSON quote it twice (\'"5"\'), or give --strings.',
    'One positional result and no keywords is printed as it is, everything else as {"args": …, "kwargs": …}; for nothing nothing is printed. Bytes are strings of U+0000 and base64, here and there.',
    'An ERROR goes to stderr, with exit code 4. Ctrl-C cancels the call.',
  ],
  options: {
    ...payloadOptions,
    progress: { short: 'p', help: 'asks for progressive results, and prints each' },
    timeout: {
      short: 't',
      value: 'TIME',
      help: 'how long the result may take, e.g. 500 (ms), 1.5s; progressive results start it anew (default: for ever)',
    },
    disclose_me: { short: 'd', help: 'asks that the callee be told who calls' },
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
