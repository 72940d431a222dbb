/* `autostrada hash` */
import { randomBytes } from 'node:crypto';
import { argon2id } from '../../argon2.ts';
import { scramEntry } from '../../scram.ts';
import { deriveKey } from '../../wampcra.ts';
import type { Command } from '../running/command.ts';
import { defineLocal } from '../running/local.ts';
import { secretFrom } from '../running/login.ts';
import { wholeNumber } from '../text/options.ts';
import { UsageError } from '../text/usage.ts';

const kinds = ['scram', 'scram-argon2', 'wampcra'] as const;

export const hash: Command = defineLocal({
  name: 'hash',
  synopsis: 'scram|scram-argon2|wampcra [options]',
  about: [
    'Prints what a router keeps for a user instead of the password: the entry for its configuration, { "users": { "joe": { "authrole": "user", "scram": … } } }.',
    'The password comes from stdin, unless an option names a file or a variable.',
  ],
  options: {
    'password-file': { value: 'FILE', help: 'reads the password from this file' },
    'password-env': { value: 'NAME', help: 'reads the password from this environment variable' },
    iterations: {
      value: 'N',
      help: 'how expensive guessing is (default: 100000 for scram, 2 for scram-argon2, 100000 for wampcra)',
    },
  },
  examples: ['autostrada hash scram < password.txt', 'autostrada hash wampcra --password-env PASSWORD --iterations 200000'],
  async run(values, [kind, ...others], host) {
    if (others.length > 0) throw new UsageError(`expected one kind of entry, got '${others[0]}' as well`);
    const known = kinds.find((each) => each === kind);
    if (!known) throw new UsageError(`expected ${kinds.join(', ')}, got ${kind === undefined ? 'nothing' : `'${kind}'`}`);
    const iterations = wholeNumber('iterations', values.iterations, 1);
    const source = { name: 'password', file: values['password-file'], variable: values['password-env'], usual: '' };
    const secret = secretFrom(source, host.env);
    const attempt = { number: 1, previous: undefined, signal: new AbortController().signal };
    const password = typeof secret === 'string' ? secret : secret ? String(await secret(attempt)) : await readAll(host.stdin);
    if (password === '') throw new UsageError('expected a password on stdin, got nothing');
    switch (known) {
      case 'scram':
        return scramEntry(password, { iterations });
      case 'scram-argon2':
        return scramEntry(password, { argon2id, iterations });
      case 'wampcra': {
        const salted = { salt: randomBytes(16).toString('hex'), iterations: iterations ?? 100_000, keylen: 32 };
        return { key: await deriveKey(password, salted.salt, salted), ...salted };
      }
      default:
        return known satisfies never;
    }
  },
});

async function readAll(stream: NodeJS.ReadStream): Promise<string> {
  let text = '';
  for await (const chunk of stream.setEncoding('utf8')) text += String(chunk);
  return text.replace(/\r?\n$/, '');
}
