import { ApplicationError } from 'autostrada';
import { type LineLogOptions, lineLog } from 'autostrada/node';
import { Router } from 'autostrada/router';
import { expect, test } from 'vitest';

function logged(options: LineLogOptions): { readonly lines: string[]; readonly log: ReturnType<typeof lineLog> } {
  const lines: string[] = [];
  return { lines, log: lineLog({ ...options, write: (line) => void lines.push(line) }) };
}

test('[K3] a log in JSON has one object a line, with the fields that the guide names', () => {
  const { lines, log } = logged({ format: 'json' });
  log({ level: 'warn', message: 'a message', session: 7 });
  log({ level: 'error', message: 'it failed', error: new ApplicationError('com.example.no', ['two\nlines']) });
  log({ level: 'error', message: 'it failed', error: 'a text' });
  expect(lines.every((line) => !line.includes('\n'))).toBe(true);
  const [first, second, third] = lines.map((line) => JSON.parse(line));
  expect(first).toEqual({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    level: 'warn',
    message: 'a message',
    session: 7,
  });
  expect(second).toMatchObject({ error: { name: 'ApplicationError', uri: 'com.example.no', stack: expect.any(String) } });
  expect(third).toMatchObject({ error: { name: 'string', message: 'a text' } });
});

test('[K3] a log in JSON has no members of an error that nobody asked for', () => {
  const { lines, log } = logged({ format: 'json' });
  log({ level: 'error', message: 'it failed', error: Object.assign(new Error('no'), { password: 's3cret' }) });
  expect(lines[0]).not.toContain('s3cret');
});

test('[K3] a log in text is a line for people', () => {
  const { lines, log } = logged({});
  log({ level: 'warn', message: 'a message' });
  log({ level: 'error', message: 'it failed', error: new Error('because') });
  expect(lines).toEqual(['warn: a message', 'error: it failed: because']);
});

test.each([
  ['debug', 4],
  ['info', 3],
  ['warn', 2],
  ['error', 1],
] as const)('[K3] the level %s lets %d of four entries through', (level, count) => {
  const { lines, log } = logged({ level });
  for (const each of ['debug', 'info', 'warn', 'error'] as const) log({ level: each, message: each });
  expect(lines.length).toBe(count);
});

test('[K3] a router writes to it', async () => {
  const { lines, log } = logged({ format: 'json' });
  await new Router({ realms: {} }, { log }).close();
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'warn', message: 'config.realms: there is none, so nobody can join' });
});

test('[K3] it says what it does not know', () => {
  expect(() => lineLog(JSON.parse('{ "fromat": "json" }'))).toThrow("got 'fromat'; did you mean 'format'?");
  expect(() => lineLog(JSON.parse('{ "level": "loud" }'))).toThrow('expected level of lineLog to be');
});
