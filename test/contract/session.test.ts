import { anonymous, ConnectionLostError, JoinError } from 'autostrada';
import { expect, it } from 'vitest';
import { type Bench, overMatrix } from '../fixtures/matrix.ts';
import { failure } from '../fixtures/scripted-session.ts';
import { otherWays } from '../fixtures/ways.ts';

function contract(bench: Bench): void {
  it('[R03] [C03] a session joins, and is told who it is', async () => {
    const session = await bench.connect().open();
    expect(session).toMatchObject({ realm: 'realm1', authrole: 'anonymous', authmethod: 'anonymous', isOpen: true });
    expect(session.authid).not.toBe('');
    expect(session.features.broker?.publisher_exclusion).toBe(true);
    expect(bench.router.sessions.map(({ id }) => id)).toEqual([session.id]);
  });

  it('[C60] a session joins with anonymous credentials as it does without any', async () => {
    const session = await bench.connect({ auth: anonymous({ authextra: { from: 'here' } }) }).open();
    expect(session).toMatchObject({ authrole: 'anonymous', authmethod: 'anonymous' });
  });

  it('[R02] [C04] a session is refused for an unknown realm', async () => {
    const connection = bench.connect({ realm: 'nowhere' });
    const error = await failure(connection.open());
    expect(error).toBeInstanceOf(JoinError);
    expect(error).toMatchObject({ uri: 'wamp.error.no_such_realm', message: expect.stringContaining("'nowhere'") });
  });

  it('[R06] [C06] a session leaves, and the router forgets it', async () => {
    const connection = bench.connect();
    const session = await connection.open();
    await session.leave();
    expect(session.isOpen).toBe(false);
    await expect.poll(() => bench.router.sessions).toEqual([]);
    expect(await failure(session.call('a.b'))).toBeInstanceOf(ConnectionLostError);
  });

  it('[C07] a connection comes back with all it had after its session is killed', async () => {
    const [connection, caller] = [bench.connect({ retry: { minMs: 1, maxMs: 5 } }), bench.connect()];
    const { id } = await connection.open();
    const registration = await connection.register('com.example.here', () => 'here').ready;
    const states: string[] = [];
    registration.on('state', (state) => states.push(state));
    bench.router.kill(id, 'wamp.close.killed', 'kicked');
    await expect.poll(() => states).toEqual(['lost', 'active']);
    expect(connection.session?.id).not.toBe(id);
    expect(await caller.call('com.example.here')).toBe('here');
  });

  it('[R08] a session ends with the router, and says so', async () => {
    const connection = bench.connect({ retry: false });
    const session = await connection.open();
    connection.on('error', () => {});
    await bench.router.close();
    expect(await session.ended).toMatchObject({ uri: 'wamp.close.system_shutdown' });
    expect(await connection.closed).toMatchObject({ uri: 'wamp.close.system_shutdown' });
  });
}

overMatrix('sessions', contract);
overMatrix('sessions', contract, undefined, otherWays);
