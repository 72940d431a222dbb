/*
 * A frame between two nodes: a head, which is JSON, and a payload, which stays bytes. The length of the head comes first, in four bytes.
 */

import type { Dict, Id, Uri } from '../../base/words.ts';
import type { ErrorMessage, Interrupt, Invocation, Payload, ResultMessage, Unregistered } from '../../protocol/messages.ts';
import type { Match } from '../../protocol/uri.ts';
import { Utf8 } from '../../serializer/bytes/utf8.ts';
import { Carried } from '../../serializer/formats/carried.ts';
import type { Format } from '../../serializer/formats/format.ts';
import type { Formats } from '../../serializer/formats/formats.ts';
import type { Claim, LastWill } from '../elsewhere/elsewhere.ts';
import type { CalleeOptions, Policy } from '../session/callee-options.ts';

/** Both ends of a line must have the same. It changes with every change of what frames mean. */
export const VERSION = 1;

/** A session, for others. */
export interface Member {
  readonly id: Id;
  readonly authid: string;
  readonly authrole: string;
}

/** A callee, for others. */
export interface RemoteCallee extends Member {
  /** The features that it announced as a callee. */
  readonly features: Dict;
}

export interface RemoteRegistration extends Claim {
  readonly uri: Uri;
  readonly match: Match;
  readonly invoke: Policy;
  readonly options: CalleeOptions;
}

/** A testament without its payload. */
export interface RemoteWill {
  readonly scope: LastWill['scope'];
  readonly topic: Uri;
  readonly options: Dict;
  readonly disclose?: boolean | undefined;
}

/** A publication without its payload. */
export interface RemotePublication {
  readonly topic: Uri;
  readonly publication: Id;
  readonly details: Dict;
  readonly options: Dict;
  readonly excluded?: Id | undefined;
  readonly bound?: Id | undefined;
  readonly retains: boolean;
}

type Bare<M> = Omit<M, 'args' | 'kwargs' | 'carried'>;
/** What the dealer sends to a callee. */
export type ToCallee = Bare<Invocation> | Interrupt | Unregistered;
/** What a callee's node answers. */
export type FromCallee = Bare<ResultMessage> | Bare<ErrorMessage>;

/** What is said in a realm. */
export type Saying =
  | readonly ['joined', Member]
  | readonly ['left', session: Id]
  | readonly ['willed', session: Id, RemoteWill]
  | readonly ['flushed', session: Id, scope: LastWill['scope']]
  /** `isFirst`: no other node wants it, as far as the sender knows. */
  | readonly ['want', Uri, Match, isFirst: boolean]
  /** `gone`: the last session that had it, if another node seemed to want it still, so that nobody has told that it is gone. */
  | readonly ['unwant', Uri, Match, gone?: Id | undefined]
  | readonly ['registered', RemoteCallee, RemoteRegistration]
  | readonly ['unregistered', session: Id, registration: Id]
  | readonly ['event', RemotePublication]
  | readonly ['to callee', callee: Id, ToCallee]
  | readonly ['from callee', callee: Id, FromCallee]
  /** The answer comes when the store has all that was published before. */
  | readonly ['keep', tag: number]
  | readonly ['ask', tag: number, procedure: Uri]
  | readonly ['answer', tag: number, error: Uri];

/** What is said about the nodes themselves: which version of these frames; please tell what there is of a realm; all was told; please confirm that you have everything; I have. */
export type NodeSaying =
  | readonly ['version', number]
  | readonly ['greet', realm: Uri]
  | readonly ['told']
  | readonly ['confirm', tag: number]
  | readonly ['confirmed', tag: number]
  | FollowSaying;

/** For tools: please tell what `Inspection` says of this, until `unfollow`. Older routers tell nothing. */
export type FollowSaying =
  | readonly ['follow', tag: number, what: string, query: unknown]
  | readonly ['unfollow', tag: number]
  | readonly ['news', tag: number, news: unknown];

/** The realm comes first; without one it is about the nodes. */
export type Head = readonly ['', NodeSaying] | readonly [realm: Uri, Saying];

export function isAboutNodes(head: Head): head is readonly ['', NodeSaying] {
  return head[0] === '';
}

export interface NodeFrame {
  readonly head: Head;
  readonly carried: Carried | undefined;
}

const PREFIX = 4;
const utf8 = /* @__PURE__ */ new Utf8();

export function writeFrame(head: Head, carried: Carried | undefined, { json }: Formats): Uint8Array {
  if (carried?.unfit) throw carried.unfit;
  const { format, args, kwargs } = carried ?? {};
  const text = json.encode([head, format?.name ?? '', args?.length ?? -1, kwargs?.length ?? -1]);
  const frame = new Uint8Array(PREFIX + text.length + (args?.length ?? 0) + (kwargs?.length ?? 0));
  new DataView(frame.buffer).setUint32(0, text.length);
  frame.set(text, PREFIX);
  if (args) frame.set(args, PREFIX + text.length);
  if (kwargs) frame.set(kwargs, PREFIX + text.length + (args?.length ?? 0));
  return frame;
}

export function readFrame(frame: Uint8Array, formats: Formats): NodeFrame {
  const end = PREFIX + new DataView(frame.buffer, frame.byteOffset).getUint32(0);
  const [head, name, argsLength, kwargsLength]: [Head, Format['name'] | '', number, number] = JSON.parse(
    utf8.read(frame, PREFIX, end),
  );
  if (name === '') return { head, carried: undefined };
  const args = argsLength < 0 ? undefined : frame.subarray(end, end + argsLength);
  const kwargs = kwargsLength < 0 ? undefined : frame.subarray(frame.length - kwargsLength);
  return { head, carried: Carried.of(formats[name], args, kwargs) };
}

/**
 * The payload of a message as bytes.
 *
 * @throws {@link SerializationError} if it is made of values that no format has.
 */
export function carriedOf({ args, kwargs, carried }: Payload, { cbor }: Formats): Carried | undefined {
  if (carried || !(args || kwargs)) return carried;
  return Carried.of(cbor, cbor.encode(args ?? []), kwargs && cbor.encode(kwargs));
}
