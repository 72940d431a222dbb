/*
 * WAMP "Testament".
 */
import type { AnyRequester, PublishOptions, Uri } from '../index.ts';
import { ask } from './answers.ts';

/**
 * Leaves an event with the router, which publishes it when this session ends, whichever way; several are published in order. It belongs
 * to the session: over a connection, leave it anew at each `open`. For an end without it, call `flushTestaments` first.
 *
 * @param options - Of the publication. Routers ignore `acknowledge`.
 * @param scope - `destroyed` (default): when the session is gone for good. `detached`: when it loses its line; published first. In a router
 *   that resumes no sessions, such as `autostrada/router`, both are the same moment.
 */
export async function addTestament(
  asker: AnyRequester,
  topic: Uri,
  args?: readonly unknown[] | null,
  kwargs?: object | null,
  options?: PublishOptions,
  scope?: 'destroyed' | 'detached',
): Promise<void> {
  const how = { ...(options && { publish_options: options }), ...(scope && { scope }) };
  await ask(asker, 'wamp.session.add_testament', [topic, args ?? [], kwargs ?? {}], how);
}

/**
 * Takes back the testaments of this session.
 *
 * @param scope - Those with this one. Default `destroyed`.
 */
export async function flushTestaments(asker: AnyRequester, scope?: 'destroyed' | 'detached'): Promise<void> {
  await ask(asker, 'wamp.session.flush_testaments', [], scope && { scope });
}
