/*
 * Two callees and a caller of their own, on good lines: one callee drains in the middle of many calls, and none of them fails.
 */
import { Connection, drain } from 'autostrada';
import type { Ledger } from './ledger.ts';

const CALLS = 300;
const IN_FLIGHT = 16;

/**
 * @param isDisturbed - The router ended meanwhile: then calls are lost, and nobody has promised otherwise.
 * @param leave - How the callee goes.
 */
export async function drainAmidCalls(
  url: string,
  ledger: Ledger,
  isDisturbed: () => boolean,
  leave: (connection: Connection) => Promise<unknown> = drain,
): Promise<void> {
  const procedure = `chaos.rolling.${ledger.newId()}`;
  const connections = [1, 2, 3].map(() => new Connection({ url, realm: 'realm1', retry: false, liveness: false }));
  const [leaving, staying, caller] = connections as [Connection, Connection, Connection];
  for (const connection of connections) {
    connection.on('error', () => {});
    connection.on('status', () => {}); // nothing on the console
  }
  const failures: string[] = [];
  try {
    for (const callee of [leaving, staying])
      await callee.register(procedure, () => new Promise((resolve) => setTimeout(resolve, 2, 1)), { invoke: 'roundrobin' }).ready;
    await caller.open();
    let [begun, answered] = [0, 0];
    let gone: Promise<unknown> | undefined;
    const run = async (): Promise<void> => {
      while (begun < CALLS) {
        begun++;
        await caller.call(procedure).catch((error: unknown) => failures.push(String(error)));
        answered++;
        if (answered >= CALLS / 4) gone ??= leave(leaving);
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, run));
    await gone;
    ledger.tally.drained += CALLS;
  } catch (error) {
    failures.push(`it could not begin: ${String(error)}`);
  }
  if (!isDisturbed()) for (const failure of failures) ledger.violate('calls lost by a drain', failure);
  await Promise.all(connections.map((connection) => connection.close()));
}
