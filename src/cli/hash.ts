/* `autostrada hash` */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { argon2id } from '../argon2.ts';
import { scramEntry } from '../scram.ts';
import { deriveKey } from '../wampcra.ts';
import type { Command } from './command.ts';
import { defineLocal } from './local.ts';
import { oneOf, wholeNumber } from './options.ts';
import { UsageError } from './usage.ts';

export const hash: Command = defineLocal({
  name: 'hash',
  synopsis: '[scram|wampcra] [options]',
  about: [
    "Makes what a router's configuration keeps of a user in place of his password, as JSON. The password is the first line of stdin, unless an option says where it is; it is never an argument, which every user of the machine could read.",
  ],
  options: {
    'secret-file': { value: 'FILE', help: 'the password is in this file' },
    'secret-env': { value: 'NAME', help: 'the password is in this environment variable' },
    kdf: { value: 'NAME', help: 'of scram: pbkdf2 (default) or argon2id13, which costs clients some more code' },
    iterations: { value: 'N', help: 'how much work it is to guess, and to log in (default: 100000, for argon2id13 2)' },
    memory: { value: 'KIB', help: 'of argon2id13 (default 19456)' },
  },
  examples: ['autostrada hash scram < password.txt', 'autostrada hash wampcra --secret-env PASSWORD --iterations 10000'],
  async run(values, [given = 'scram', ...more], { stdin, stdout, env }) {
    const method = oneOf('method', given, ['scram', 'wampcra']);
    if (more.length > 0) throw new UsageError(`expected one method, got '${more[0]}' as well; the password comes by stdin`);
    const kdf = oneOf('kdf', values.kdf, ['pbkdf2', 'argon2id13']);
    const iterations = wholeNumber('iterations', values.iterations, 1);
    const memoryKiB = wholeNumber('memory', values.memory, 8);
    if (method === 'wampcra' && (kdf !== undefined || memoryKiB !== undefined))
      throw new UsageError('--kdf and --memory are of scram');
    if (memoryKiB !== undefined && kdf !== 'argon2id13') throw new UsageError('--memory is of --kdf argon2id13');
    const secret = await secretFrom(values['secret-file'], values['secret-env'], env, stdin);
    const entry =
      method === 'wampcra'
        ? await craEntry(secret, iterations ?? 100_000)
        : await scramEntry(secret, { iterations, memoryKiB, argon2id: kdf === 'argon2id13' ? argon2id : undefined });
    stdout.write(`${JSON.stringify({ [method ?? 'scram']: entry }, null, 2)}\n`);
  },
});

async function craEntry(secret: string, iterations: number): Promise<object> {
  const [salt, keylen] = [randomBytes(18).toString('base64'), 32];
  return { key: await deriveKey(secret, salt, { iterations, keylen }), salt, iterations, keylen };
}

async function secretFrom(
  file: string | undefined,
  variable: string | undefined,
  env: NodeJS.ProcessEnv,
  stdin: NodeJS.ReadStream,
): Promise<string> {
  if (file !== undefined && variable !== undefined) throw new UsageError('expected --secret-file or --secret-env, got both');
  const [text, where] =
    file !== undefined
      ? [readFileSync(file, 'utf8'), `in '${file}'`]
      : variable !== undefined
        ? [env[variable] ?? '', `in the environment variable '${variable}'`]
        : [await readAll(stdin), 'on stdin'];
  const secret = /^[^\r\n]*/.exec(text)?.[0] ?? '';
  if (secret === '') throw new UsageError(`expected a password ${where}, got nothing`);
  return secret;
}

async function readAll(stdin: NodeJS.ReadStream): Promise<string> {
  let text = '';
  stdin.setEncoding('utf8');
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.includes('\n')) break; // somebody types it
  }
  return text;
}
