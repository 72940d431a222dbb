/* Questions that have an answer from outside: is a procedure registered, does a port accept, does a URL answer. */
import { connect } from 'node:net';
import { messageOf } from '../../base/errors.ts';
import type { Probe } from './component-config.ts';
import { pause } from './pause.ts';

/** Whether a procedure is registered in a realm of the router beside us. */
export type IsRegistered = (realm: string, procedure: string) => Promise<boolean>;

export interface ProbeContext {
  /** For a procedure without its own realm. */
  readonly realm: string | undefined;
  readonly isRegistered: IsRegistered;
}

const INTERVALS_MS = [20, 50, 100, 200] as const;
const LONGEST_INTERVAL_MS = 500;
const MOST_MS = 5000;

/** What is expected, as a sentence goes on with it: `procedure com.example.add in realm1 to be registered`. */
export function describeProbe(probe: Probe, realm: string | undefined): string {
  if ('procedure' in probe) return `procedure ${probe.procedure} in ${probe.realm ?? realm} to be registered`;
  if ('port' in probe) return `port ${probe.port} of ${hostOf(probe)} to accept connections`;
  return `${probe.url} to answer with a status from 200 to 399`;
}

/** @returns Undefined when it succeeds, else why not. */
export async function ask(
  probe: Probe,
  context: ProbeContext,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const over = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const late = (): string => `no answer within ${timeoutMs} ms`;
  try {
    if ('procedure' in probe) return await askProcedure(probe.procedure, probe.realm ?? context.realm, context, over, late);
    if ('port' in probe) return await askPort(probe.port, hostOf(probe), over, late);
    const { status } = await fetch(probe.url, { signal: over, redirect: 'manual' });
    return status >= 200 && status < 400 ? undefined : `status ${status}`;
  } catch (error) {
    if (over.aborted) return late();
    const cause = error instanceof Error ? error.cause : undefined;
    return messageOf(cause ?? error) || messageOf(error);
  }
}

/** Asks until it succeeds, or until the signal aborts. @param told - Gets the reason of each failure. */
export async function untilItSucceeds(
  probe: Probe,
  context: ProbeContext,
  signal: AbortSignal,
  told: (why: string) => void = () => {},
): Promise<void> {
  for (let i = 0; !signal.aborted; i++) {
    const why = await ask(probe, context, MOST_MS, signal);
    if (why === undefined || signal.aborted) return;
    told(why);
    await pause(INTERVALS_MS[i] ?? LONGEST_INTERVAL_MS, signal);
  }
}

function hostOf({ host }: { readonly host?: string | undefined }): string {
  return host ?? '127.0.0.1';
}

async function askProcedure(
  procedure: string,
  realm: string | undefined,
  { isRegistered }: ProbeContext,
  over: AbortSignal,
  late: () => string,
): Promise<string | undefined> {
  if (realm === undefined) return 'no realm';
  const answer = isRegistered(realm, procedure).then((is) => (is ? undefined : 'it is not registered'));
  return Promise.race([answer, new Promise<string>((resolve) => over.addEventListener('abort', () => resolve(late())))]);
}

function askPort(port: number, host: string, over: AbortSignal, late: () => string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port, host });
    const settle = (answer: string | undefined): void => {
      socket.destroy();
      over.removeEventListener('abort', onAbort);
      resolve(answer);
    };
    const onAbort = (): void => settle(late());
    over.addEventListener('abort', onAbort);
    socket.once('connect', () => settle(undefined));
    socket.once('error', (error) => settle(error.message || 'it refuses'));
  });
}
