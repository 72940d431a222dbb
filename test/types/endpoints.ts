/*
 * What an endpoint may return under a contract: literals, tuples and unions of the contract need no annotation. Compiled, never run.
 */
import { type Connection, Result, registerAll, type Session } from 'autostrada';
import type { Connected, durable } from 'autostrada/core';

interface Wood {
  readonly kind: 'wood' | 'steel';
}
interface DoorApi {
  readonly procedures: {
    'door.material': { args: [id: number]; result: Wood };
    'door.materials': { args: [id: number]; result: readonly Wood[] };
    'door.state': { args: [id: number]; result: 'open' | 'shut' };
    'door.pair': { args: [id: number]; result: readonly [id: number, side: string] };
    'door.try': { args: [id: number]; result: { ok: true; id: number } | { ok: false; why: string } };
    'door.both': { args: [id: number]; result: Result<[id: number, side: string]> };
    'door.slam': { args: [id: number] };
  };
}

export function registers(
  connection: Connection<DoorApi>,
  session: Session<DoorApi>,
  core: Connected<DoorApi, readonly [typeof durable]>,
): void {
  for (const verbs of [connection, core]) {
    verbs.register('door.material', () => ({ kind: 'wood' }));
    verbs.register('door.state', ([id]) => (id > 3 ? 'open' : 'shut'));
  }
  connection.register('door.material', ([id]) => ({ kind: id > 3 ? 'wood' : 'steel' }));
  connection.register('door.material', async ([id]) => ({ kind: id > 3 ? 'wood' : 'steel' }));
  connection.register('door.materials', async () => [{ kind: 'wood' }]);
  connection.register('door.state', () => 'open');
  connection.register('door.pair', ([id]) => [id, 'front']);
  connection.register('door.pair', async ([id]) => [id, 'front']);
  connection.register('door.try', ([id]) => (id > 3 ? { ok: true, id } : { ok: false, why: '' }));
  connection.register('door.both', ([id]) => new Result([id, 'front']));
  connection.register('door.slam', () => {});
  connection.register('door.slam', async () => {});
  // TypeScript makes a plain string of a literal that an async function returns by itself.
  connection.register('door.state', async () => 'open' as const);
  void session.register('door.state', () => 'shut');
  void session.register('door.pair', () => [1, 'back']);
  // @ts-expect-error No such material.
  connection.register('door.material', () => ({ kind: 'glass' }));
  // @ts-expect-error No such state.
  connection.register('door.state', ([id]) => (id > 3 ? 'open' : 'ajar'));
  // @ts-expect-error The side is missing.
  connection.register('door.pair', ([id]) => [id]);
}

export function registersAll(connection: Connection<DoorApi>): void {
  registerAll(connection, {
    'door.material': ([id]) => ({ kind: id > 3 ? 'wood' : 'steel' }),
    'door.materials': async () => [{ kind: 'steel' }],
    'door.state': () => 'open',
    'door.pair': async ([id]) => [id, 'front'],
    'door.try': ([id]) => ({ ok: true, id }),
  });
  // @ts-expect-error No such state.
  registerAll(connection, { 'door.state': () => 'ajar' });
}
