/*
 * The common part of the commands that connect to a router: options, help, how they start and end.
 */

import { type Described, helpOf } from '../text/help.ts';
import { type Options, parseOptions, type Values, wantsHelp } from '../text/options.ts';
import { type Format, formatOf, outputOptions, render } from '../text/output.ts';
import { UsageError } from '../text/usage.ts';
import { type Connected, type ConnectOptions, connect, connectionOptions } from './connect.ts';
import { complaint, exitCode, OutputClosed } from './exit.ts';
import { type Env, loginOptions, refuseSecrets } from './login.ts';
import { watchForStop } from './stop.ts';

type Shared = typeof connectionOptions & typeof loginOptions & typeof outputOptions;
const shared: Shared = { ...connectionOptions, ...loginOptions, ...outputOptions };

/** One run of a command. */
export interface Run<O extends Options> {
  readonly values: Values<O> & Values<Shared>;
  /** The arguments after the options: first the URI. */
  readonly positionals: readonly string[];
  readonly env: Env;
  readonly stdin: NodeJS.ReadStream;
  readonly format: Format;
  /** Stdout is a terminal. */
  readonly isTerminal: boolean;
  /** Aborts on Ctrl-C, and when nobody reads our output any more. */
  readonly signal: AbortSignal;
  /** Rejects when `signal` aborts. */
  readonly stopped: Promise<never>;
  connect(options?: Pick<ConnectOptions, 'stays'>): Promise<Connected>;
  /** One document on stdout. */
  print(value: unknown): void;
  /** Text on stdout as it is. */
  write(text: string): void;
  /** Text of another program, to stderr as it is. */
  log(text: string | Uint8Array): void;
  /** One line on stderr, unless `--quiet`. */
  note(text: string): void;
}

export interface Definition<O extends Options> extends Described<O> {
  /** Checks its arguments, connects, does its work. Returns when it is done; throws if it failed. */
  run(run: Run<O>): Promise<void>;
}

export interface Command {
  readonly help: string;
  /** Sets the exit code, and leaves nothing open that would keep the process running. */
  start(args: readonly string[], host: NodeJS.Process): Promise<void>;
}

export function defineCommand<const O extends Options>(definition: Definition<O>): Command {
  const help = helpOf(
    definition,
    { Options: { ...definition.options, ...outputOptions }, Connection: connectionOptions, Login: loginOptions },
    'Exit codes: 0 ok, 1 usage, 2 no connection, 3 login refused, 4 WAMP error, 5 timeout, 130 Ctrl-C',
  );
  return {
    help,
    async start(args, host) {
      if (wantsHelp(args)) {
        host.stdout.write(help);
        return;
      }
      const say = (text: string): void => {
        host.stderr.write(`autostrada: ${text}\n`);
      };
      const stop = watchForStop(host);
      try {
        await definition.run(prepare(definition, args, host, say, stop));
      } catch (thrown) {
        // If we were told to stop, errors that this causes do not matter.
        const error = stop.signal.aborted ? stop.signal.reason : thrown;
        const text = complaint(error);
        if (text !== undefined) say(text);
        if (error instanceof UsageError) host.stderr.write(`Try: autostrada ${definition.name} --help\n`);
        host.exitCode = exitCode(error);
      } finally {
        stop.dispose();
      }
    },
  };
}

function prepare<O extends Options>(
  { options }: Definition<O>,
  args: readonly string[],
  host: NodeJS.Process,
  say: (text: string) => void,
  { signal, asked }: ReturnType<typeof watchForStop>,
): Run<O> {
  refuseSecrets(args);
  const { values, positionals } = parseOptions(args, options, shared);
  const common: Values<Shared> = values;
  const format = formatOf(common.output, host.stdout.isTTY === true);
  signal.addEventListener('abort', () => host.stdin.destroy()); // ends every wait for input
  const isRead = (): boolean => !(signal.reason instanceof OutputClosed);
  return {
    values,
    positionals,
    env: host.env,
    get stdin() {
      return host.stdin; // opened only when it is read
    },
    format,
    isTerminal: host.stdout.isTTY === true,
    signal,
    stopped: asked,
    connect: (more) => connect(common, { env: host.env, say, signal, ...more }),
    print: (value) => {
      if (isRead()) host.stdout.write(render(value, format));
    },
    write: (text) => {
      if (isRead()) host.stdout.write(text);
    },
    log: (text) => {
      host.stderr.write(text);
    },
    note: (text) => {
      if (common.quiet !== true) say(text);
    },
  };
}
