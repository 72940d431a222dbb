/* What peers write, as messages of errors and on the console: it moves no cursor, forges no line of ours, and is not endless. */
import { format } from 'node:util';
import { ApplicationError, Connection, type ConnectionOptions } from 'autostrada';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ABORT, ERROR, GOODBYE, type REGISTER } from '../fixtures/messages.ts';
import { ScriptedRouter } from '../fixtures/scripted-peer.ts';
import { answerGoodbye, failure } from '../fixtures/scripted-session.ts';

const EVIL = 'no\x1b[2J\x1b]0;pwned\x07\r\x7f\x9b1m\tok\nautostrada: a forged line';
const SHOWN = 'no%1B[2J%1B]0;pwned%07%0D%7F%C2%9B1m\tok%0Aautostrada: a forged line';

function connectWith(options: Partial<ConnectionOptions> = {}) {
  const router = new ScriptedRouter();
  const connection = new Connection({ url: router, realm: 'realm1', retry: false, liveness: false, ...options });
  onTestFinished(() => connection.close());
  return { router, connection };
}

describe('control characters of a peer are escaped', () => {
  it('on the console, in an ERROR that nobody awaits', async () => {
    const said: string[] = [];
    const spy = vi.spyOn(console, 'error').mockImplementation((...given: unknown[]) => void said.push(format(...given)));
    onTestFinished(() => spy.mockRestore());
    const { router, connection } = connectWith();
    connection.register('com.test.p', () => 1);
    const peer = await router.joined();
    const [, request] = (await peer.next()) as ReturnType<typeof REGISTER>;
    peer.send(ERROR(64, request as number, {}, 'x.y', [EVIL]));
    await vi.waitFor(() => expect(said).toHaveLength(1));
    expect(said[0]).toContain(`ApplicationError: x.y: ${SHOWN}`);
    void answerGoodbye(peer);
    expect(said[0]).not.toMatch(/[^\t\n -~]|\nautostrada:/);
  });

  it('in the URI of an ERROR', () => {
    expect(new ApplicationError('x.\x1b[2J', ['a']).message).toBe('x.%1B[2J: a');
  });

  it('in the message of an ABORT instead of WELCOME', async () => {
    const { router, connection } = connectWith();
    const opening = failure(connection.open());
    const peer = await router.peer();
    await peer.next();
    peer.send(ABORT({ message: EVIL }, 'x.y'));
    expect(await opening).toMatchObject({
      message: `the router refused realm 'realm1': x.y (${SHOWN})`,
      details: { message: EVIL },
    });
  });

  it.each([
    ['GOODBYE', GOODBYE({ message: EVIL }, 'x.y'), 'the router closed the session'],
    ['ABORT', ABORT({ message: EVIL }, 'x.y'), 'the router aborted the session'],
  ])('in the message of a %s', async (_, message, what) => {
    const { router, connection } = connectWith();
    connection.on('error', () => {});
    const opening = connection.open();
    const peer = await router.joined();
    const session = await opening;
    peer.send(message);
    expect((await session.ended)?.message).toBe(`${what}: x.y (${SHOWN})`);
  });

  it('but not those that a program writes into args', () => {
    expect(new ApplicationError('x.y', [EVIL]).args).toEqual([EVIL]);
    expect(new ApplicationError('x.y', ['one\ntwo']).message).toBe('x.y: one\ntwo');
  });
});

it('a long text of a peer is cut in the message, and whole in args and details', async () => {
  const long = 'x'.repeat(5_000);
  const error = new ApplicationError('x.y', [long]);
  expect(error.message).toBe(`x.y: ${long}`.slice(0, 2000));
  expect(error.args).toEqual([long]);
  const { router, connection } = connectWith();
  const opening = failure(connection.open());
  const peer = await router.peer();
  await peer.next();
  peer.send(ABORT({ message: long }, 'x.y'));
  const refused = await opening;
  expect(refused.message.length).toBe(2_000);
  expect(refused).toMatchObject({ details: { message: long } });
});
