/* The specification's vectors for several messages, played against the embedded router. Their ids are symbols, bound at first sight. */
import { Router } from 'autostrada/router';
import { describe, expect, it } from 'vitest';
import { parseMessage } from '../../src/protocol/codec.ts';
import { Code, type Message, type Name } from '../../src/protocol/messages.ts';
import { clientInbound } from '../../src/protocol/rows.ts';
import { joinedClient, type ScriptedPeer } from '../fixtures/scripted-peer.ts';
import { isHere, type Scenario, scenarios, whyNot } from '../fixtures/vectors.ts';
import { toWire } from '../fixtures/wire.ts';

/** Elements that are ids, by their names there and here. */
const ids: { readonly [theirs: string]: string } = {
  request_id: 'request',
  subscription_id: 'subscription',
  publication_id: 'publication',
  registration_id: 'registration',
};

async function play({ sessions, sequence }: Scenario): Promise<void> {
  await using router = new Router({ realms: Object.fromEntries(sessions.map(({ realm }) => [realm ?? 'realm1', 'open'])) });
  const clients = new Map<string, { peer: ScriptedPeer; nextRequest: number }>();
  for (const { session_id, realm } of sessions)
    clients.set(session_id, { peer: await joinedClient(router, realm), nextRequest: 1 });
  const bound = new Map<string, unknown>();

  for (const { from, to, message } of sequence) {
    const client = clients.get(from === 'router' ? to : from);
    if (!client) throw new Error(`no session ${from} or ${to}`);
    const { type, ...elements } = message;
    const code = Code[type as Name];
    if (from !== 'router') {
      if ('request_id' in elements) bound.set(`${from} request ${elements.request_id}`, client.nextRequest++);
      const ours = Object.entries(elements).map(([name, value]) => {
        const id = ids[name];
        return id ? [id, bound.get(`${from} ${id} ${value}`)] : [name, value];
      });
      client.peer.send(toWire({ type: code, ...Object.fromEntries(ours) } as Message));
      continue;
    }
    const received: { [element: string]: unknown } = { ...parseMessage(await client.peer.next(), clientInbound) };
    expect(received.type).toBe(code);
    for (const [name, value] of Object.entries(elements)) {
      const id = ids[name];
      if (!id) {
        expect(received[name]).toEqual(value);
        continue;
      }
      const symbol = `${to} ${id} ${value}`;
      if (!bound.has(symbol)) bound.set(symbol, received[id]);
      expect(received[id]).toBe(bound.get(symbol));
    }
  }
  for (const { peer } of clients.values()) expect(peer.unread).toEqual([]);
}

describe.runIf(isHere)('several sessions', () => {
  it('form one scenario', () => expect(scenarios.length).toBe(1));
  it.each(scenarios.map((scenario) => [scenario.description, scenario] as const))('[R85] [R24] work: %s', (_, scenario) =>
    play(scenario),
  );
});

if (!isHere) it(whyNot, ({ skip }) => skip(whyNot));
