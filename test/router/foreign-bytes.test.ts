/* Frames whose bytes are of another realm: under jsdom, sockets give those of Node.js, and `Uint8Array` is another class. */
import vm from 'node:vm';
import type { TransportReceiver } from 'autostrada';
import { cbor } from 'autostrada/cbor';
import { Router } from 'autostrada/router';
import { expect, it } from 'vitest';
import { HELLO, WELCOME } from '../fixtures/messages.ts';

it('[H10] the router reads frames of another realm', async () => {
  const router = new Router({ realms: { realm1: 'open' } }, { log: () => {} });
  const serializer = cbor();
  const sent: unknown[] = [];
  let receiver: TransportReceiver | undefined;
  router.attach(
    {
      serializer,
      bufferedBytes: 0,
      start: (given) => {
        receiver = given;
      },
      send: (frame) => sent.push(serializer.decode(frame)),
      close: () => receiver?.closed({ clean: true }),
    },
    { kind: 'test' },
  );
  const hello = serializer.encode(HELLO('realm1', { roles: { caller: {} } })) as Uint8Array;
  const foreign = vm.runInNewContext('(items) => Uint8Array.from(items)')([...hello]) as Uint8Array;
  expect(foreign instanceof Uint8Array).toBe(false);
  receiver?.frame(foreign);
  await new Promise(setImmediate);
  expect(sent).toMatchObject([WELCOME(expect.any(Number), {})]);
  await router.close();
});
