import { afterEach, expect, it, vi } from 'vitest';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

it('[H10] a router and its clients need neither TextEncoder nor TextDecoder, which jsdom does not have', async () => {
  vi.stubGlobal('TextEncoder', undefined);
  vi.stubGlobal('TextDecoder', undefined);
  vi.resetModules();
  const [{ Connection, json }, { cbor }, { Router }] = await Promise.all([
    import('autostrada'),
    import('autostrada/cbor'),
    import('autostrada/router'),
  ]);
  const router = new Router({ realms: { realm1: 'open' } });
  const [caller, callee] = [json(), cbor()].map((one) => new Connection({ url: router, realm: 'realm1', serializers: [one] }));
  const text = `${'ü€😀"\\\n'.repeat(30)}\u0000`;
  await callee?.register('com.test.echo', ([given]) => given).ready;
  expect(await caller?.call('com.test.echo', [text])).toBe(text);
  await caller?.close();
  await callee?.close();
  await router.close();
});
