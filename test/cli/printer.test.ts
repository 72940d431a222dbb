/* What `autostrada up` prints. */
import { describe, expect, test } from 'vitest';
import { Printer } from '../../src/cli/up/printer.ts';

function printed(options: { readonly isJson?: boolean; readonly hasColour?: boolean }) {
  const out: string[] = [];
  const err: string[] = [];
  const streams = { stdout: { write: (text: string) => out.push(text) }, stderr: { write: (text: string) => err.push(text) } };
  return { out, err, printer: new Printer(streams, { isJson: false, hasColour: false, width: 5, ...options }) };
}
const line = { number: 1, time: 0, stream: 'stdout', text: 'hello' } as const;
const info = {
  name: 'shop',
  state: 'failed',
  reason: 'it ended',
  pid: null,
  since: '1970-01-01T00:00:00.000Z',
  restarts: 0,
} as const;
const nobody = { realm: null, authid: null, authrole: null };

describe('what autostrada up prints', () => {
  test('[K1] names stand in front, as wide as the longest', () => {
    const { out, err, printer } = printed({});
    printer.said('shop', line);
    printer.said('shop', { ...line, stream: 'stderr', text: 'no' });
    printer.changed({ ...info, ...nobody });
    expect([out, err]).toEqual([['shop  | hello\n'], ['shop  | no\n', 'shop  | failed: it ended\n']]);
  });

  test('[K1] control characters of programs are shown, and do nothing; as JSON they are escaped', () => {
    const { out, err, printer } = printed({});
    printer.said('shop', { ...line, text: '\u001b[2J\u001b]0;title\u0007a\tb\rc\u009b1m\u202eä 🙂' });
    printer.changed({ ...info, ...nobody, reason: 'it\u001b[31m ended' });
    expect(out).toEqual(['shop  | \\x1b[2J\\x1b]0;title\\x07a\tb\\x0dc\\x9b1m\\u202eä 🙂\n']);
    expect(err).toEqual(['shop  | failed: it\\x1b[31m ended\n']);
    const json = printed({ isJson: true });
    json.printer.said('shop', { ...line, text: '\u001b[2J\u0007' });
    expect(json.out[0]).toContain('"text":"\\u001b[2J\\u0007"');
  });

  test('[K1] on a terminal each name keeps its colour, and failures are red', () => {
    const { out, err, printer } = printed({ hasColour: true });
    for (const name of ['shop', 'bank', 'shop']) printer.said(name, line);
    const [first, second, third] = out;
    expect(first).toBe('\u001b[36mshop  |\u001b[0m hello\n');
    expect(second).not.toContain('[36m');
    expect(third).toBe(first);
    printer.changed({ ...info, ...nobody });
    expect(err[0]).toContain('\u001b[31mfailed: it ended\u001b[0m');
  });

  test('[K1] as JSON each line is a document with its time', () => {
    const { out, err, printer } = printed({ isJson: true, hasColour: true });
    printer.said('shop', line);
    printer.note('warn', 'careful');
    expect(JSON.parse(out[0] ?? '')).toEqual({ time: info.since, component: 'shop', stream: 'stdout', text: 'hello' });
    expect(JSON.parse(err[0] ?? '')).toMatchObject({ level: 'warn', message: 'careful' });
  });
});
