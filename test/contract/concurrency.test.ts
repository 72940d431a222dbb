import { expect, it } from 'vitest';
import { overMatrix } from '../fixtures/matrix.ts';
import { failure } from '../fixtures/scripted-session.ts';

overMatrix('a registration that limits what runs', (bench) => {
  it('[N11] a callee runs so many calls, lets so many wait, and the router asks another callee for the rest', async () => {
    const [service, other, client] = [bench.connect(), bench.connect(), bench.connect()];
    const answers: ((value: string) => void)[] = [];
    const endpoint = () => new Promise<string>((resolve) => answers.push(resolve));
    const options = { maxConcurrency: 1, maxWaiting: 1, invoke: 'first' } as const;
    await service.register('com.test.work', endpoint, options).ready;
    const calls = [client.call('com.test.work')];
    await expect.poll(() => answers.length).toBe(1);
    calls.push(client.call('com.test.work'));
    expect((await failure(client.call('com.test.work'))).uri).toBe('wamp.error.no_available_callee');
    await other.register('com.test.work', () => 'other', { invoke: 'first' }).ready;
    expect(await client.call('com.test.work')).toBe('other');
    answers[0]?.('first');
    await expect.poll(() => answers.length).toBe(2);
    answers[1]?.('second');
    expect(await Promise.all(calls)).toEqual(['first', 'second']);
  });
});
