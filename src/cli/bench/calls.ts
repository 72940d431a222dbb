/* `autostrada bench call` */
import { ApplicationError, type Dict, Result, type Session } from '../../index.ts';
import type { Payload } from '../text/payload.ts';
import { type Load, type Measured, measure } from './load.ts';
import type { Stand } from './stand.ts';

export interface Calls extends Omit<Load, 'send' | 'signal'> {
  readonly procedure: string;
  readonly payload: Payload;
  readonly options: Dict;
  /** Registers the procedure in a session of its own. */
  readonly echo: boolean;
}

/**
 * One call before all others is not measured.
 *
 * @throws The error of that call, or what refused a session or the registration.
 */
export async function measureCalls(stand: Stand, calls: Calls, begins: () => void): Promise<Measured> {
  const { procedure, payload, options, echo, connections, timeoutMs } = calls;
  const { args, kwargs } = payload;
  const { signal } = stand;
  if (echo) {
    const [callee] = await stand.open(1);
    await callee?.register(procedure, (args: readonly unknown[], kwargs: Dict) => new Result(args, kwargs));
  }
  const sessions = await stand.open(connections);
  const call = async (session: Session | undefined): Promise<unknown> => session?.callResult(procedure, args, kwargs, options);
  try {
    await sessions[0]?.callResult(procedure, args, kwargs, { ...options, signal, timeoutMs });
  } catch (error) {
    throw withAdvice(error);
  }
  begins();
  return measure({ ...calls, signal, send: (connection) => call(sessions[connection]) });
}

function withAdvice(error: unknown): unknown {
  if (!(error instanceof ApplicationError) || error.uri !== 'wamp.error.no_such_procedure') return error;
  const said = typeof error.args[0] === 'string' ? error.args[0] : 'nobody has registered it';
  return new ApplicationError(error.uri, [`${said}; with --echo the command registers it itself`]);
}
