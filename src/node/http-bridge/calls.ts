/*
 * A call for an HTTP request: its answer is the result, or a stream of progressive results and the result. If the client hangs up, the call is canceled.
 */
import type { ServerResponse } from 'node:http';
import { MAX_DELAY_MS } from '../../base/clock.ts';
import { SerializationError } from '../../base/errors.ts';
import type { Dict, Uri } from '../../base/words.ts';
import { Code } from '../../protocol/messages.ts';
import type { Carried } from '../../serializer/formats/carried.ts';
import { type Answer, answerOf, EVENT_STREAM, NDJSON, onOneLine, openStream, sentEvent } from './answers/answers.ts';
import type { BridgeSession, Reply } from './bridge-session.ts';
import { bodyOf, dataOf, type Form } from './requests/payloads.ts';
import { HttpProblem, problemBody, problemOf, TIMEOUT } from './requests/problems.ts';

export interface CallParts {
  readonly session: BridgeSession;
  /** If this client hangs up, the call is canceled. Undefined: it is not. */
  readonly client: ServerResponse | undefined;
  readonly procedure: Uri;
  readonly options: Dict;
  readonly carried: Carried | undefined;
  readonly statuses: ReadonlyMap<Uri, number>;
  /** The limit of the call, in milliseconds; undefined: none. */
  readonly timeoutMs: number | undefined;
  /** Called with each progressive result. */
  readonly progress?: ((carried: Carried | undefined) => void) | undefined;
}

/** How much of a stream may wait for its reader, in bytes. */
const MAX_UNREAD = 2 ** 22;

/**
 * @returns The payload of the result; `gone`: the client has hung up.
 * @throws HttpProblem
 */
export function call({
  session,
  client,
  procedure,
  options,
  carried,
  statuses,
  timeoutMs,
  progress,
}: CallParts): Promise<Carried | undefined | 'gone'> {
  return new Promise((resolve, reject) => {
    if (client?.destroyed) return resolve('gone');
    let request = 0;
    let timer: NodeJS.Timeout | undefined;
    const settle = (): void => {
      clearTimeout(timer);
      client?.off('close', hungUp);
    };
    const fail = (why: HttpProblem): void => {
      settle();
      reject(why);
    };
    const hungUp = (): void => {
      settle();
      session.cancel(request);
      resolve('gone');
    };
    const reply = (message: Reply): void => {
      if (message.type === Code.ERROR) return fail(problemOf(message, statuses, session.isAnonymous));
      if (message.type !== Code.RESULT) return;
      if (message.details.progress === true) return progress?.(message.carried);
      settle();
      resolve(message.carried);
    };
    client?.once('close', hungUp);
    const more = progress === undefined ? {} : { receive_progress: true };
    const limit = timeoutMs === undefined ? {} : { timeout: timeoutMs };
    try {
      request = session.ask(
        (id) => ({ type: Code.CALL, request: id, options: { ...options, ...more, ...limit }, procedure, carried }),
        {
          reply,
          lost: fail,
        },
      );
    } catch (error) {
      return fail(tooLong(error));
    }
    if (timeoutMs === undefined) return;
    // The router has the same limit. But a callee may have promised to keep it, and does not.
    timer = setTimeout(
      () => {
        session.cancel(request);
        fail(new HttpProblem(504, `the call took longer than ${timeoutMs} ms`, { uri: TIMEOUT }));
      },
      Math.min(timeoutMs + 1000, MAX_DELAY_MS),
    );
    timer.unref();
  });
}

/** A request that the router would not take, because it is too long for one message. */
export function tooLong(error: unknown): HttpProblem {
  if (error instanceof SerializationError) return new HttpProblem(413, error.message, { uri: error.uri, isUndone: true });
  throw error;
}

/** Nobody gets it: the client has hung up. */
export const UNREAD: Answer = answerOf(503);

export async function answerCall(parts: CallParts, form: Form): Promise<Answer> {
  const carried = await call(parts);
  if (carried === 'gone') return UNREAD;
  const body = bodyOf(carried, form);
  return answerOf(body === undefined ? 204 : 200, body);
}

/** An error before the first progressive result is a problem as for any call; a later one is the end of the stream. */
export async function streamCall(
  parts: CallParts & { readonly client: ServerResponse },
  form: Form,
  type: typeof EVENT_STREAM | typeof NDJSON,
): Promise<void> {
  const response = parts.client;
  const write = (kind: 'progress' | 'result' | 'error', data: Uint8Array): void => {
    if (response.writableLength > MAX_UNREAD) response.destroy(); // which cancels the call
    if (response.destroyed) return;
    if (!response.headersSent) openStream(response, type);
    if (type === EVENT_STREAM) response.write(sentEvent(kind, data));
    else response.write(Buffer.concat([Buffer.from(`{"${kind}":`), onOneLine(data), Buffer.from('}\n')]));
  };
  try {
    const carried = await call({ ...parts, progress: (carried) => write('progress', dataOf(carried, form)) });
    if (carried === 'gone') return;
    write('result', dataOf(carried, form));
  } catch (error) {
    if (!(error instanceof HttpProblem) || !response.headersSent) throw error;
    write('error', problemBody(error));
  }
  response.end();
}

/** The stream that the client asks for: the first of `Accept` that we have. */
export function streamIn(accept: string | undefined): typeof EVENT_STREAM | typeof NDJSON | undefined {
  const names = (accept ?? '').split(',').map((one) => one.split(';', 1)[0]?.trim().toLowerCase());
  for (const name of names) if (name === EVENT_STREAM || name === NDJSON) return name;
  return undefined;
}

/** Publishes, and waits for PUBLISHED: a store may be slow. @returns The id of the publication. @throws HttpProblem */
export function publish({
  session,
  procedure: topic,
  options,
  carried,
  statuses,
  timeoutMs,
}: Omit<CallParts, 'client'>): Promise<number> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const fail = (why: HttpProblem): void => {
      clearTimeout(timer);
      reject(why);
    };
    const reply = (message: Reply): void => {
      if (message.type === Code.ERROR) return fail(problemOf(message, statuses, session.isAnonymous));
      if (message.type !== Code.PUBLISHED) return;
      clearTimeout(timer);
      resolve(message.publication);
    };
    if (timeoutMs !== undefined) {
      const text = `the event was not acknowledged within ${timeoutMs} ms, and may still be published`;
      timer = setTimeout(() => reject(new HttpProblem(504, text, { uri: TIMEOUT })), Math.min(timeoutMs, MAX_DELAY_MS));
      timer.unref();
    }
    try {
      session.ask((request) => ({ type: Code.PUBLISH, request, options: { ...options, acknowledge: true }, topic, carried }), {
        reply,
        lost: fail,
      });
    } catch (error) {
      fail(tooLong(error));
    }
  });
}
