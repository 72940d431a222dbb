/*
 * Bodies of HTTP as payloads of WAMP, and back. Values stay the bytes that came.
 */
import type { IncomingMessage } from 'node:http';
import { messageOf, SerializationError } from '../../../base/errors.ts';
import { PAYLOAD_SIZE_EXCEEDED } from '../../../protocol/uris.ts';
import { Carried } from '../../../serializer/formats/carried.ts';
import type { Format } from '../../../serializer/formats/format.ts';
import type { Bodies } from '../../http/bodies.ts';
import { FULL_OF_PARTS } from '../../incoming/partial-messages.ts';
import { membersOf } from './json-members.ts';
import { HttpProblem, INVALID_ARGUMENT } from './problems.ts';

/** `full`: a body is always `{"args":[…],"kwargs":{…}}`. */
export type Form = 'bare' | 'full';

export interface BodyReader {
  readonly bodies: Bodies;
  readonly format: Format;
  readonly maxBytes: number;
  readonly maxDepth: number;
  readonly peer: string | undefined;
}

/** A body that is one JSON value. It is not decoded. Undefined: the body is empty. */
export type JsonBody = Uint8Array | undefined;

/**
 * Reads and checks a body of JSON.
 *
 * @returns `gone`: the client has hung up.
 * @throws HttpProblem 400, 413, 415, 503
 */
export async function readJson(request: IncomingMessage, reader: BodyReader): Promise<JsonBody | 'gone'> {
  if (request.readableDidRead)
    throw new HttpProblem(
      500,
      'the body was read before the bridge got the request: put the bridge before express.json() or another parser',
    );
  checkType(request);
  if (request.readableEnded) return undefined; // it was empty
  const reading = reader.bodies.read(request, { limit: reader.maxBytes, peer: reader.peer });
  const body = await reading.catch(() => 'gone' as const);
  if (body === 'gone') return 'gone';
  if (body === 'long')
    throw new HttpProblem(413, `expected a body of at most ${reader.maxBytes} bytes`, { uri: PAYLOAD_SIZE_EXCEEDED });
  if (body === 'full') throw new HttpProblem(503, FULL_OF_PARTS);
  if (body.length === 0) return undefined;
  if (request.headers['content-type'] === undefined) throw notJson('none');
  return oneValue(body, reader.format, reader.maxDepth);
}

/** Without a body there need be no type. A page of another origin cannot send this type without asking first. */
function checkType({ headers }: IncomingMessage): void {
  const { 'content-type': type, 'content-encoding': encoding = 'identity' } = headers;
  if (encoding.toLowerCase() !== 'identity')
    throw new HttpProblem(415, `expected a body without Content-Encoding, got ${encoding.slice(0, 100)}`, {
      headers: { 'accept-encoding': 'identity' },
    });
  if (type === undefined) return;
  const [name = '', ...parameters] = type.toLowerCase().split(';');
  const charset = parameters.map((one) => /^\s*charset\s*=\s*"?([^"\s]*)"?\s*$/.exec(one)?.[1]).find((one) => one !== undefined);
  if (!/^application\/([\w.-]+\+)?json$/.test(name.trim())) throw notJson(type);
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8')
    throw new HttpProblem(415, `expected a body in UTF-8, got ${charset.slice(0, 100)}`);
}

function notJson(type: string): HttpProblem {
  return new HttpProblem(415, `expected a body of type application/json, got ${type.slice(0, 100)}`);
}

/** The scan knows lists only, so the value is put into one. */
function oneValue(body: Uint8Array, format: Format, maxDepth: number): Uint8Array {
  const list = new Uint8Array(body.length + 2);
  list[0] = 0x5b;
  list.set(body, 1);
  list[body.length + 1] = 0x5d;
  try {
    const { count, unfit, starts, ends } = format.scan(list, maxDepth);
    if (unfit !== undefined) throw new HttpProblem(400, unfit, { uri: INVALID_ARGUMENT });
    if (count === 1) return list.subarray(starts[0], ends[0]);
  } catch (error) {
    if (!(error instanceof SerializationError)) throw error;
    throw new HttpProblem(400, `expected JSON: ${inBody(messageOf(error), body.length)}`, { uri: INVALID_ARGUMENT });
  }
  throw new HttpProblem(400, 'expected one JSON value as the body', { uri: INVALID_ARGUMENT });
}

/** The place in the body, for one in the list around it. */
function inBody(text: string, length: number): string {
  const [, before, at, got] = /^(.*) at byte (\d+), got (.*)$/.exec(text) ?? [];
  if (before === undefined) return text;
  const place = Number(at) - 1;
  return place >= length ? `${before} at byte ${length}, got the end` : `${before} at byte ${place}, got ${got}`;
}

/** @throws HttpProblem 400 */
export function payloadOf(body: JsonBody, format: Format, form: Form): Carried | undefined {
  if (body === undefined) return undefined;
  const kind = format.kind(body);
  if (form === 'full') {
    if (kind !== 'dict') throw badBody('{"args":[…],"kwargs":{…}}', body);
    return fullPayload(membersOf(body), format, ['args', 'kwargs']);
  }
  if (kind === 'list') return Carried.of(format, body, undefined);
  if (kind === 'dict') return Carried.of(format, undefined, body);
  throw badBody('a list (positional arguments) or an object (keyword arguments)', body);
}

/** @param allowed - The names that the object may have. @throws HttpProblem 400 */
export function fullPayload(
  members: ReadonlyMap<string, Uint8Array>,
  format: Format,
  allowed: readonly string[],
): Carried | undefined {
  for (const name of members.keys()) {
    if (!allowed.includes(name))
      throw new HttpProblem(400, `expected a body with ${allowed.join(', ')}, got '${name.slice(0, 100)}'`, {
        uri: INVALID_ARGUMENT,
      });
  }
  const [args, kwargs] = [members.get('args'), members.get('kwargs')];
  if (args && format.kind(args) !== 'list' && format.kind(args) !== 'null') throw badBody('args to be a list', args);
  if (kwargs && format.kind(kwargs) !== 'dict' && format.kind(kwargs) !== 'null') throw badBody('kwargs to be an object', kwargs);
  const has = (slice: Uint8Array | undefined): Uint8Array | undefined =>
    slice && format.kind(slice) !== 'null' ? slice : undefined;
  return Carried.of(format, has(args), has(kwargs));
}

function badBody(expected: string, got: Uint8Array): HttpProblem {
  const text = Buffer.from(got.subarray(0, 61)).toString();
  return new HttpProblem(400, `expected ${expected}, got ${text.length > 60 ? `${text.slice(0, 57)}...` : text}`, {
    uri: INVALID_ARGUMENT,
  });
}

const EMPTY_LIST = Buffer.from('[]');
const EMPTY_DICT = Buffer.from('{}');

/** Undefined: there is no payload at all. */
export function bodyOf(carried: Carried | undefined, form: Form): Uint8Array | undefined {
  const { args = EMPTY_LIST, kwargs } = carried ?? {};
  if (form === 'bare' && kwargs === undefined) {
    if (carried === undefined) return undefined;
    const [only, second] = carried.format.items(args);
    if (only && second === undefined) return only;
  }
  return Buffer.concat([Buffer.from('{"args":'), args, Buffer.from(',"kwargs":'), kwargs ?? EMPTY_DICT, Buffer.from('}')]);
}

/** The same where something has to be there. */
export function dataOf(carried: Carried | undefined, form: Form): Uint8Array {
  return bodyOf(carried, form) ?? Buffer.from('null');
}
