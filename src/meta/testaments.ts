/*
 * WAMP "Testament".
 */
import type { AnyRequester, PublishOptions, Uri } from '../index.ts';
import { ask } from './answers.ts';

/**
 * Leaves an event with the router, which publishes it when this session ends, for any reason; several are published in order. It belongs
 * to the session: on a connection, leave it again at each `open`. To end without it, call `flushTestaments` first.
 *
 * @param options - Of the publication. Routers ignore `acknowledge`.
 * @param scope - `destroyed` (default): when the session is gone for good. `detached`: when it loses its connection; published first. In a router
 *   that does not resume sessions, such as `autostrada/router`, both come at the same time.
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
 * @param scope - Only those with this scope. Default `destroyed`.
 */
export async function flushTestaments(asker: AnyRequester, scope?: 'destroyed' | 'detached'): Promise<void> {
  await ask(asker, 'wamp.session.flush_testaments', [], scope && { scope });
}
