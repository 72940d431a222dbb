/* `autostrada register` */
import { ApplicationError, type Dict, type DurableRegistration, type InvocationDetails, Result } from '../../index.ts';
import { type Command, defineCommand } from '../running/command.ts';
import { execEndpoint } from '../running/exec.ts';
import { type Env, secretVariables } from '../running/login.ts';
import { stay } from '../running/stay.ts';
import { parseJson } from '../text/json-text.ts';
import { oneOf, wholeNumber } from '../text/options.ts';
import { defined, wampOption, wampOptions } from '../text/payload.ts';
import { messageOf, UsageError } from '../text/usage.ts';

type Endpoint = (args: readonly unknown[], kwargs: Dict, details: InvocationDetails) => unknown;

export const register: Command = defineCommand({
  name: 'register',
  synopsis: '<procedure> (--echo | --reply JSON | --exec COMMAND) [options]',
  about: [
    'Registers a procedure and answers calls until Ctrl-C, which unregisters it and lets running calls finish. It reconnects when the connection is lost.',
    '--exec runs the command by the system shell, once for each call. What the caller sent is in WAMP_ARGS, WAMP_KWARGS and WAMP_DETAILS (JSON; one of more than 32,000 bytes is left out) and WAMP_PROCEDURE, and all of it as {"args": …, "kwargs": …} on stdin. What the command prints is the result: JSON, else text; nothing is no result; {"args": […], "kwargs": {…}} is several. An exit code other than 0 is an ERROR wamp.error.runtime_error with what it said on stderr. When the caller gives up, it is ended.',
    'Security: every session that may call the procedure may run the command. The data of callers is never part of the text that the shell reads, so quotes and semicolons in it have no effect; a command that passes a variable to eval, or unquoted to another program, undoes that. The command sees this environment without the login, and its words on stderr reach the caller when it fails.',
  ],
  options: {
    echo: { help: 'answers with the arguments of the call' },
    reply: { value: 'JSON', help: 'always answers with this value' },
    exec: { value: 'COMMAND', help: 'answers with the output of this command' },
    progress: { short: 'p', help: 'with --exec: each line is a progressive result, if the caller asks for them' },
    strings: { short: 'S', help: 'with --exec: its output is text, even if it looks like JSON' },
    jobs: { short: 'j', value: 'N', help: 'with --exec: at most this many at a time, the others wait (default 8)' },
    match: { short: 'm', value: 'HOW', help: 'exact (default), prefix, or wildcard: com.example..move' },
    invoke: { short: 'i', value: 'HOW', help: 'how calls are shared out: single (default), roundrobin, random, first, last' },
    count: { short: 'c', value: 'N', help: 'ends after this many calls' },
    'no-reconnect': { help: 'ends when the connection is lost, with exit code 2' },
    ...wampOption,
  },
  examples: [
    'autostrada register com.example.echo --echo',
    'autostrada register com.example.version --reply \'"1.4.2"\'',
    'autostrada register com.example.sum --exec \'jq ".args | add"\'',
    'autostrada register com.example.backup --exec ./backup.sh --progress --jobs 1',
  ],
  async run(run) {
    const { values, positionals } = run;
    const [procedure, ...more] = positionals;
    if (procedure === undefined) throw new UsageError('expected a procedure');
    if (more.length > 0) throw new UsageError(`expected one procedure, got '${more[0]}' as well`);
    const count = wholeNumber('count', values.count, 1);
    const options = {
      ...wampOptions(values.option),
      ...defined({
        match: oneOf('match', values.match, ['exact', 'prefix', 'wildcard']),
        invoke: oneOf('invoke', values.invoke, ['single', 'roundrobin', 'random', 'first', 'last']),
      }),
    };
    const endpoint = endpointOf(values, without(run.env, secretVariables(values)), run.log);
    let called = 0;
    let registration: DurableRegistration | undefined;
    const running = new Set<Promise<unknown>>();
    const answer = async (args: readonly unknown[], kwargs: Dict, details: InvocationDetails): Promise<unknown> => {
      called++;
      if (count !== undefined && called > count) throw new ApplicationError('wamp.error.unavailable', ['no more calls are taken']);
      if (called === count) void unregister(registration); // no other caller shall wait for an answer that never comes
      return endpoint(args, kwargs, details);
    };
    await stay(run, {
      reconnects: values['no-reconnect'] !== true,
      start: (connection, done) => {
        const taken = (args: readonly unknown[], kwargs: Dict, details: InvocationDetails): Promise<unknown> => {
          const answering = answer(args, kwargs, details);
          const gone = (): void => {
            running.delete(answering);
            if (count !== undefined && called >= count && running.size === 0) done();
          };
          running.add(answering);
          answering.then(gone, gone);
          return answering;
        };
        registration = connection.register(procedure, taken, options);
        return registration;
      },
      ready: `registered ${procedure}`,
      finish: async (handle) => {
        await unregister(handle);
        while (running.size > 0) await Promise.allSettled(running);
      },
    });
  },
});

/** The connection may be lost; that ends the registration as well. */
async function unregister(registration: DurableRegistration | undefined): Promise<void> {
  await registration?.unregister().catch(() => {});
}

interface EndpointValues {
  readonly echo?: true;
  readonly reply?: string;
  readonly exec?: string;
  readonly progress?: true;
  readonly strings?: true;
  readonly jobs?: string;
}

function endpointOf(values: EndpointValues, env: Env, log: (text: string | Uint8Array) => void): Endpoint {
  const { echo, reply, exec, progress = false, strings = false } = values;
  if ([echo, reply, exec].filter((each) => each !== undefined).length !== 1) {
    throw new UsageError('expected one of --echo, --reply JSON and --exec COMMAND');
  }
  const jobs = wholeNumber('jobs', values.jobs, 1);
  if (exec !== undefined) return execEndpoint({ command: exec, jobs: jobs ?? 8, progress, strings, env, log });
  if (progress || strings || jobs !== undefined) throw new UsageError('expected --progress, --strings and --jobs with --exec only');
  if (reply === undefined) return (args, kwargs) => new Result(args, kwargs);
  const value = replyOf(reply);
  return () => value;
}

function replyOf(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    throw new UsageError(`expected --reply to be JSON, such as 5 or '"text"': ${messageOf(error)}`);
  }
}

function without(env: Env, names: readonly string[]): Env {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));
}
