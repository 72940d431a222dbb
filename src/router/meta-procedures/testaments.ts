/*
 * WAMP "Testament": events that a session wants to be published when it ends, for any reason: by GOODBYE, ABORT, a lost connection, a violation, or
 * a kill; but not by `kill_all`. Sessions are not resumed here, so a session is detached and destroyed at the same time, in this order.
 */

import { isDict, show } from '../../base/checks.ts';
import { ApplicationError } from '../../base/errors.ts';
import type { Dict, Uri } from '../../base/words.ts';
import { PASSTHRU } from '../../protocol/features.ts';
import type { Payload, Publish } from '../../protocol/messages.ts';
import { Code } from '../../protocol/messages.ts';
import { publishOptions } from '../../protocol/options.ts';
import type { Match } from '../../protocol/uri.ts';
import { INVALID_URI } from '../../protocol/uris.ts';
import { Carried } from '../../serializer/formats/carried.ts';
import { type Action, type Permit, type Verdict, whenKnown } from '../authorization/permissions.ts';
import type { Elsewhere } from '../elsewhere/elsewhere.ts';
import { type Bounds, LIMIT_EXCEEDED } from '../limits/bounds.ts';
import type { SettledLimits } from '../limits/limits.ts';
import { sizeOfKept, toKeep } from '../limits/payload-size.ts';
import { ownComplaint } from '../patterns/reserved.ts';
import { FEATURE_NOT_SUPPORTED } from '../session/passthru.ts';
import type { LiveSession } from '../session/session.ts';
import { expectKeywords } from './arguments.ts';

const scopes = ['detached', 'destroyed'] as const;
type Scope = (typeof scopes)[number];

/** The keyword arguments of `wamp.session.add_testament`. */
export const TESTAMENT: readonly string[] = ['scope', 'publish_options'];

export interface Testament {
  readonly scope: Scope;
  readonly publish: Publish;
  /** The permission at the time when it was added: at the end of the session it is too late to ask. */
  readonly permit: Permit;
  readonly size: number;
}

/** The testaments of each session, in order of adding. They are kept as long as the session. */
const kept = new WeakMap<LiveSession, Testament[]>();

/** The parts of a realm that `addTestament` needs. */
export interface TestamentContext {
  readonly limits: SettledLimits;
  readonly bounds: Bounds;
  may(session: LiveSession, action: Action, uri: Uri, match: Match): Verdict | Promise<Verdict>;
  readonly elsewhere: Elsewhere | undefined;
}

/**
 * `wamp.session.add_testament`.
 *
 * @throws {@link ApplicationError} `invalid_argument`, `invalid_uri`, `not_authorized`, `option_disallowed.disclose_me`;
 *   `payload_size_exceeded` beyond the limits of a session.
 */
export function addTestament(
  context: TestamentContext,
  caller: LiveSession,
  { args: given = [], kwargs = {} }: Payload,
): Payload | Promise<Payload> {
  const [topic, args, keywords] = given;
  if (args !== undefined && args !== null && !Array.isArray(args)) throw invalidArgument('args', 'a list', args);
  if (keywords !== undefined && keywords !== null && !isDict(keywords)) throw invalidArgument('kwargs', 'a dict', keywords);
  return add(context, caller, topic, { args: args ?? undefined, kwargs: keywords ?? undefined }, kwargs);
}

/**
 * The same for a CALL whose payload is bytes: the payload of the testament is a slice of them, and is not decoded.
 *
 * @throws {@link ApplicationError} as `addTestament`; {@link SerializationError} if the rest cannot be decoded.
 */
export function addCarriedTestament(context: TestamentContext, caller: LiveSession, given: Carried): Payload | Promise<Payload> {
  if (given.unfit) throw given.unfit;
  const { format } = given;
  const [topic, args, keywords] = given.args ? format.items(given.args) : [];
  const keyed = given.kwargs ? Carried.of(format, undefined, given.kwargs) : undefined;
  const kind = (element: Uint8Array | undefined): string => (element ? format.kind(element) : 'null');
  if (!['list', 'null'].includes(kind(args))) throw invalidArgument('args', 'a list', args && format.value(args));
  if (!['dict', 'null'].includes(kind(keywords))) throw invalidArgument('kwargs', 'a dict', keywords && format.value(keywords));
  const carried = Carried.of(format, kind(args) === 'list' ? args : undefined, kind(keywords) === 'dict' ? keywords : undefined);
  return add(context, caller, topic && format.value(topic), { carried }, keyed?.values().kwargs ?? {});
}

function add(
  context: TestamentContext,
  caller: LiveSession,
  topic: unknown,
  payload: Payload,
  kwargs: Dict,
): Payload | Promise<Payload> {
  expectKeywords(kwargs, TESTAMENT);
  if (typeof topic !== 'string') throw invalidArgument('topic', 'a URI', topic);
  const scope = readScope(kwargs);
  const options = readOptions(kwargs.publish_options);
  caller.noteOptions(Code.PUBLISH, options);
  const complaint = context.bounds.uri(topic) ?? ownComplaint(topic, 'topics', caller);
  if (complaint !== undefined) throw new ApplicationError(INVALID_URI, [complaint]);
  const tooLong = context.bounds.audience(options);
  if (tooLong !== undefined) throw new ApplicationError(LIMIT_EXCEEDED, [tooLong]);
  const publish: Publish = { type: Code.PUBLISH, request: 0, options, topic, ...payload };
  return whenKnown(context.may(caller, 'publish', topic, 'exact'), (verdict) => {
    if ('error' in verdict) throw new ApplicationError(verdict.error, [verdict.text]);
    keep(caller, context.limits, { scope, publish, permit: verdict });
    return whenDone(context.elsewhere?.willed(caller, { scope, publish, disclose: verdict.disclose }));
  });
}

/** @throws {@link ApplicationError} */
function keep(
  caller: LiveSession,
  { maxTestaments, maxTestamentBytes }: SettledLimits,
  { scope, publish, permit }: Omit<Testament, 'size'>,
): void {
  const { topic, options } = publish;
  if (options.ppt_scheme && !caller.can('publisher', PASSTHRU))
    throw new ApplicationError(FEATURE_NOT_SUPPORTED, [`this session did not announce ${PASSTHRU}`]);
  if (options.disclose_me === true && permit.disclose === false)
    throw new ApplicationError('wamp.error.option_disallowed.disclose_me', ['publishers are not disclosed here']);
  const size = sizeOfKept(topic, options, publish);
  const own = kept.get(caller) ?? [];
  const before = own.reduce((sum, testament) => sum + testament.size, 0);
  if (own.length >= maxTestaments || before + size > maxTestamentBytes) {
    const text = `a session may leave ${maxTestaments} testaments, of ${maxTestamentBytes} bytes in memory together`;
    throw new ApplicationError('wamp.error.payload_size_exceeded', [text]);
  }
  const complaint = caller.holdings.complaint(size);
  if (complaint !== undefined) throw new ApplicationError('wamp.error.payload_size_exceeded', [complaint]);
  caller.holdings.add(size);
  own.push({ scope, publish: toKeep(publish), permit, size });
  kept.set(caller, own);
}

/**
 * `wamp.session.flush_testaments`.
 *
 * @throws {@link ApplicationError} `invalid_argument`.
 */
export function flushTestaments(
  { elsewhere }: TestamentContext,
  caller: LiveSession,
  { kwargs = {} }: Payload,
): Payload | Promise<Payload> {
  const flushed = readScope(kwargs);
  const own = kept.get(caller) ?? [];
  for (const { scope, size } of own) if (scope === flushed) caller.holdings.add(-size);
  kept.set(
    caller,
    own.filter(({ scope }) => scope !== flushed),
  );
  return whenDone(elsewhere?.flushed(caller, flushed));
}

function whenDone(known: Promise<void> | undefined): Payload | Promise<Payload> {
  return known ? known.then(() => ({})) : {};
}

/** What a session has, in order of adding. */
export function testamentsOf(session: LiveSession): readonly Testament[] {
  return kept.get(session) ?? [];
}

/** The session has left its realm. Returns its testaments in the order in which they are published, and forgets them. */
export function takeTestaments(session: LiveSession): readonly Testament[] {
  const all = kept.get(session) ?? [];
  kept.delete(session);
  return scopes.flatMap((scope) => all.filter((testament) => testament.scope === scope));
}

function readScope({ scope }: Dict): Scope {
  if (scope === undefined || scope === null) return 'destroyed';
  const known = scopes.find((each) => each === scope);
  if (!known) throw invalidArgument('scope', '"destroyed" or "detached"', scope);
  return known;
}

/** There is no publisher any more that could get PUBLISHED, or be excluded. */
function readOptions(options: unknown): Dict {
  if (options === undefined || options === null) return {};
  const complaint = publishOptions(options);
  if (complaint?.startsWith('.')) throw invalid(`publish_options${complaint.replace(' to be ', ': expected ')}`);
  if (!isDict(options) || complaint !== undefined) throw invalidArgument('publish_options', 'a dict', options);
  const { acknowledge: _acknowledge, exclude_me: _excludeMe, ...rest } = options;
  return rest;
}

function invalidArgument(name: string, expected: string, got: unknown): ApplicationError {
  return invalid(`${name}: expected ${expected}, got ${show(got)}`);
}

function invalid(text: string): ApplicationError {
  return new ApplicationError('wamp.error.invalid_argument', [text]);
}
