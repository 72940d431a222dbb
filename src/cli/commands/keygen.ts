/* `autostrada keygen` */
import { writeFileSync } from 'node:fs';
import { generateKeyPair } from '../../cryptosign.ts';
import type { Command } from '../running/command.ts';
import { defineLocal } from '../running/local.ts';
import { messageOf, UsageError } from '../text/usage.ts';

export const keygen: Command = defineLocal({
  name: 'keygen',
  synopsis: '[options]',
  about: [
    'Makes a new Ed25519 key pair for logins by cryptosign, as hex. The public key goes to the router: { "cryptosign": { "publicKeys": ["…"] } }. The private key stays with the client.',
  ],
  options: {
    'private-key-file': {
      value: 'FILE',
      help: 'writes the private key there, readable by its owner only, and prints the public key; an existing file is not overwritten',
    },
  },
  examples: [
    'autostrada keygen --private-key-file service.key',
    'autostrada call com.example.add 2 3 --private-key-file service.key',
  ],
  run(values, positionals) {
    if (positionals.length > 0) throw new UsageError(`expected options only, got '${positionals[0]}'`);
    const pair = generateKeyPair();
    const file = values['private-key-file'];
    if (file === undefined) return pair;
    try {
      writeFileSync(file, `${pair.privateKey}\n`, { mode: 0o600, flag: 'wx' });
    } catch (error) {
      throw new UsageError(`cannot write the private key: ${messageOf(error)}`);
    }
    return { publicKey: pair.publicKey };
  },
});
