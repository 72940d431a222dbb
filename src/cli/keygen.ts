/* `autostrada keygen` */
import { writeFileSync } from 'node:fs';
import { generateKeyPair } from '../cryptosign.ts';
import type { Command } from './command.ts';
import { defineLocal } from './local.ts';
import { UsageError } from './usage.ts';

export const keygen: Command = defineLocal({
  name: 'keygen',
  synopsis: '[options]',
  about: [
    "Makes an Ed25519 key pair for logins by cryptosign. The private key is for who logs in, the public one for the router's configuration.",
  ],
  options: {
    out: { value: 'FILE', help: 'writes the private key into a new file that only you can read, and prints the public key' },
  },
  examples: ['autostrada keygen --out service.key', 'autostrada keygen'],
  async run({ out }, positionals, { stdout }) {
    if (positionals.length > 0) throw new UsageError(`expected no arguments, got '${positionals[0]}'`);
    const pair = generateKeyPair();
    if (out === undefined) {
      stdout.write(`${JSON.stringify(pair, null, 2)}\n`);
      return;
    }
    writeFileSync(out, `${pair.privateKey}\n`, { mode: 0o600, flag: 'wx' }); // never over a key that is in use
    stdout.write(`${pair.publicKey}\n`);
  },
});
