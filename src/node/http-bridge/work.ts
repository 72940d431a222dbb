/* What a POST does, once it has a session: it is read and checked before. */
import type { ServerResponse } from 'node:http';
import { MAX_DELAY_MS } from '../../base/clock.ts';
import type { Uri } from '../../base/words.ts';
import type { Format } from '../../serializer/formats/format.ts';
import { type Answer, answerOf } from './answers/answers.ts';
import type { BridgeSession } from './bridge-session.ts';
import { answerCall, publish, streamCall, streamIn } from './calls.ts';
import { crossbarCall, crossbarPublish } from './crossbar.ts';
import { type JsonBody, payloadOf } from './requests/payloads.ts';
import { callQuery, publishQuery, readQuery } from './requests/query.ts';
import { type Target, uriOf } from './requests/target.ts';

export interface Work {
  /** @param client - As in `CallParts`. */
  answer(session: BridgeSession, client: ServerResponse | undefined): Promise<Answer>;
  /** Instead of `answer`, if the client wants a stream. */
  readonly stream?: (session: BridgeSession, client: ServerResponse) => Promise<void>;
}

export interface WorkOptions {
  readonly format: Format;
  readonly statuses: ReadonlyMap<Uri, number>;
  readonly timeoutMs: number;
  /** The header. */
  readonly accept: string | undefined;
}

/** @throws HttpProblem 400 */
export function workOf(target: Target, body: JsonBody, { format, statuses, timeoutMs, accept }: WorkOptions): Work {
  const { verb } = target;
  const common = { statuses, timeoutMs };
  if (verb === 'crossbarCall') return { answer: (session, client) => crossbarCall({ ...common, session, client }, body, format) };
  if (verb === 'crossbarPublish')
    return { answer: (session, client) => crossbarPublish({ ...common, session, client }, body, format) };
  const { form, options } = readQuery(target.query, verb === 'call' ? callQuery : publishQuery);
  const carried = payloadOf(body, format, form);
  const procedure = uriOf(target);
  if (verb === 'publish') {
    return {
      answer: async (session) => {
        const publication = await publish({ session, procedure, options, carried, statuses, timeoutMs });
        return answerOf(202, JSON.stringify({ publication }));
      },
    };
  }
  const type = streamIn(accept);
  const { timeout, ...others } = options;
  const limit = Math.min(typeof timeout === 'number' ? timeout : Number.POSITIVE_INFINITY, type ? MAX_DELAY_MS : timeoutMs);
  const parts = { statuses, procedure, options: others, carried, timeoutMs: limit < MAX_DELAY_MS ? limit : undefined };
  return {
    answer: (session, client) => answerCall({ ...parts, session, client }, form),
    ...(type ? { stream: (session, client) => streamCall({ ...parts, session, client }, form, type) } : {}),
  };
}
