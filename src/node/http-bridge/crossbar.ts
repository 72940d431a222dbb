/*
 * Requests in the form of Crossbar.io's bridge: `{"procedure","args","kwargs"}` and `{"topic","args","kwargs","options"}`. An ERROR of WAMP is an answer with status 200, as
 * there. Its signatures are not checked: who sends a request is said by the header `Authorization`, as elsewhere in this bridge.
 */
import { complaint } from '../../base/checks.ts';
import type { Dict } from '../../base/words.ts';
import { publishOptions } from '../../protocol/options.ts';
import { RUNTIME_ERROR } from '../../protocol/uris.ts';
import type { Format } from '../../serializer/formats/format.ts';
import { type Answer, answerOf, headersOf } from './answers/answers.ts';
import { type CallParts, call, publish, UNREAD } from './calls.ts';
import { membersOf } from './requests/json-members.ts';
import { bodyOf, fullPayload, type JsonBody } from './requests/payloads.ts';
import { HttpProblem, INVALID_ARGUMENT } from './requests/problems.ts';
import { publishQuery } from './requests/query.ts';

/** Those of a publication. `acknowledge` is always true, whatever it says. */
const OPTIONS: readonly string[] = ['acknowledge', ...Object.keys(publishQuery).filter((name) => name !== 'form')];

type Parts = Omit<CallParts, 'procedure' | 'options' | 'carried'>;

export async function crossbarCall(parts: Parts, body: JsonBody, format: Format): Promise<Answer> {
  const members = membersIn(body, format);
  const carried = fullPayload(members, format, ['procedure', 'args', 'kwargs']);
  const result = await call({ ...parts, procedure: uriIn(members, 'procedure', format), options: {}, carried });
  return result === 'gone' ? UNREAD : answerOf(200, bodyOf(result, 'full'));
}

export async function crossbarPublish(parts: Parts, body: JsonBody, format: Format): Promise<Answer> {
  const members = membersIn(body, format);
  const carried = fullPayload(members, format, ['topic', 'args', 'kwargs', 'options']);
  const options = optionsIn(members, format);
  const id = await publish({ ...parts, procedure: uriIn(members, 'topic', format), options, carried });
  return answerOf(200, JSON.stringify({ id }));
}

/** @param challenge - `WWW-Authenticate`, for 401. */
export function crossbarProblem(problem: HttpProblem, challenge: string): Answer {
  const { isReply, uri = RUNTIME_ERROR, status, message, carried } = problem;
  if (isReply) {
    const payload = Buffer.from(bodyOf(carried, 'full') ?? []).subarray(1);
    return answerOf(200, Buffer.concat([Buffer.from(`{"error":${JSON.stringify(uri)},`), payload]));
  }
  const failed = status >= 500;
  const said = { error: failed ? RUNTIME_ERROR : message, args: failed ? [message] : [], kwargs: {} };
  return answerOf(status, JSON.stringify(said), headersOf(problem, challenge));
}

function membersIn(body: JsonBody, format: Format): ReadonlyMap<string, Uint8Array> {
  if (body && format.kind(body) === 'dict') return membersOf(body);
  throw new HttpProblem(400, 'expected a body that is a JSON object', { uri: INVALID_ARGUMENT });
}

function uriIn(members: ReadonlyMap<string, Uint8Array>, name: 'procedure' | 'topic', format: Format): string {
  const slice = members.get(name);
  const value = slice && format.value(slice);
  if (typeof value === 'string') return value;
  throw new HttpProblem(400, `expected ${name} to be a text, got ${slice ? format.kind(slice) : 'nothing'}`, {
    uri: INVALID_ARGUMENT,
  });
}

/** WAMP ends a session for an option of the wrong type, and other requests may share it. */
function optionsIn(members: ReadonlyMap<string, Uint8Array>, format: Format): Dict {
  const slice = members.get('options');
  const value = slice === undefined ? {} : format.value(slice);
  const bad = publishOptions(value);
  if (bad !== undefined) throw new HttpProblem(400, `expected options${complaint(bad, value)}`, { uri: INVALID_ARGUMENT });
  const unknown = Object.keys(Object(value)).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined)
    throw new HttpProblem(400, `expected options ${OPTIONS.join(', ')}, got '${unknown.slice(0, 100)}'`, { uri: INVALID_ARGUMENT });
  return { ...Object(value) };
}
