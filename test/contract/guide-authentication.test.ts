import { expect, test } from 'vitest';
import { examplesOf } from '../fixtures/guide.ts';

const [service, token, ...others] = examplesOf('authentication.md');

test('[C67] [C68] the service in the guide to logins has a key', async () => {
  expect(await service?.run()).toEqual(['ai, a service']);
});

test('[C61] [C70] the token in the guide to logins expires, and is renewed after a reconnect', async () => {
  expect(await token?.run()).toEqual(['joe, then again joe']);
  expect(others).toEqual([]);
});
