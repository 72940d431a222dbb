import { argon2id } from 'autostrada/argon2';
import { generateKeyPair } from 'autostrada/cryptosign';
import { parseConfig, Router } from 'autostrada/router';
import { scramEntry } from 'autostrada/scram';
import { deriveKey } from 'autostrada/wampcra';
import { describe, expect, test } from 'vitest';

const key = await deriveKey('pencil', 'salt');
const cra = { key, salt: 'salt', iterations: 1000, keylen: 32 };
const scram = await scramEntry('pencil', { iterations: 4096 });
const argon2 = await scramEntry('pencil', { argon2id, iterations: 1, memoryKiB: 4096 });
const { publicKey } = generateKeyPair();

function configOf(user: object, authid = 'joe'): unknown {
  const users = { [authid]: { authrole: 'user', ...user } };
  return { realms: { shop: { authroles: { user: { permissions: 'all' } }, users } } };
}

function told(config: unknown): readonly string[] {
  const messages: string[] = [];
  new Router(parseConfig(config), { log: ({ message }) => messages.push(message) });
  return messages;
}

describe('[H1] [R70] an entry of a user by which nobody could log in is refused at the start', () => {
  test.each<[object, string]>([
    [{ ticket: '' }, 'ticket: expected a text that is not empty, got an empty text'],
    [{ ticket: 1234 }, 'ticket: expected a text that is not empty, got a number'],
    [{ ticket: () => true }, 'ticket: expected a text that is not empty, got a function'],
    [{ wampcra: 'hunter2' }, 'wampcra: expected an object, got a text of 7 characters'],
    [{ wampcra: {} }, 'wampcra: expected either secret, or key, salt, iterations and keylen, got neither'],
    [{ wampcra: { secret: '' } }, 'wampcra.secret: expected a text that is not empty, got an empty text'],
    [{ wampcra: { secret: 'hunter2', ...cra } }, 'wampcra: expected either secret, or key, salt, iterations and keylen, got both'],
    [{ wampcra: { secret: 'x', secrets: 'y' } }, "wampcra: expected secret, got 'secrets'; did you mean 'secret'?"],
    [{ wampcra: { ...cra, key: 'hunter2!' } }, 'wampcra.key: expected base64 of 32 octets, got a text of 8 characters'],
    [
      { wampcra: { ...cra, keylen: 16 } },
      'wampcra.key: expected base64 of 16 octets, got a text of 44 characters, which is base64 of 32',
    ],
    [{ wampcra: { ...cra, salt: '' } }, 'wampcra.salt: expected a text that is not empty'],
    [{ wampcra: { ...cra, salt: 5 } }, 'wampcra.salt: expected a text that is not empty, got a number'],
    [{ wampcra: { ...cra, iterations: 0 } }, 'wampcra.iterations: expected an integer from 1 to 10000000, got 0'],
    [{ wampcra: { ...cra, iterations: 1e9 } }, 'wampcra.iterations: expected an integer from 1 to 10000000, got 1000000000'],
    [
      { wampcra: { ...cra, iterations: '1000' } },
      'wampcra.iterations: expected an integer from 1 to 10000000, got a text of 4 characters',
    ],
    [{ wampcra: { ...cra, keylen: undefined } }, 'wampcra.keylen: expected an integer from 1 to 1024, got nothing'],
    [{ wampcra: { ...cra, keylen: 1.5 } }, 'wampcra.keylen: expected an integer from 1 to 1024, got 1.5'],
    [{ scram: [] }, 'scram: expected an object, got a list'],
    [{ scram: {} }, 'scram.kdf: expected pbkdf2 or argon2id13, got nothing'],
    [{ scram: { ...scram, kdf: 'md5' } }, 'scram.kdf: expected pbkdf2 or argon2id13, got a text of 3 characters'],
    [{ scram: { ...scram, salt: '' } }, 'scram.salt: expected base64 of at least one octet, got an empty text'],
    [{ scram: { ...scram, salt: 'not base64' } }, 'scram.salt: expected base64 of at least one octet, got a text of 10 characters'],
    [{ scram: { ...scram, iterations: 0 } }, 'scram.iterations: expected an integer from 1 to 4294967295, got 0'],
    [{ scram: { ...scram, storedKey: 'hunter2' } }, 'scram.storedKey: expected base64 of 32 octets, got a text of 7 characters'],
    [
      { scram: { ...scram, storedKey: 'AAAA' } },
      'scram.storedKey: expected base64 of 32 octets, got a text of 4 characters, which is base64 of 3',
    ],
    [{ scram: { ...scram, serverKey: undefined } }, 'scram.serverKey: expected base64 of 32 octets, got nothing'],
    [
      { scram: { ...scram, stored_key: 'x' } },
      "scram: expected kdf, salt, iterations, storedKey, serverKey, memory, crossbar, got 'stored_key'; did you mean",
    ],
    [{ scram: { ...argon2, memory: undefined } }, 'scram.memory: expected an integer from 8 to 4294967295, got nothing'],
    [{ scram: { ...argon2, memory: 7 } }, 'scram.memory: expected an integer from 8 to 4294967295, got 7'],
    [
      { scram: { ...argon2, salt: 'AAAA' } },
      'scram.salt: expected base64 of at least 8 octets, got a text of 4 characters, which is base64 of 3',
    ],
    [{ scram: { ...argon2, crossbar: { storedKey: key } } }, 'scram.crossbar.serverKey: expected base64 of 32 octets, got nothing'],
    [{ cryptosign: publicKey }, 'cryptosign: expected an object, got a text of 64 characters'],
    [{ cryptosign: { publicKeys: publicKey } }, 'cryptosign.publicKeys: expected a list, got a text of 64 characters'],
    [
      { cryptosign: { publicKeys: [publicKey, 'abc'] } },
      'cryptosign.publicKeys[1]: expected an Ed25519 key of 64 hex digits, got a text of 3',
    ],
    [{ cryptosign: { publicKey } }, "cryptosign: expected publicKeys, got 'publicKey'; did you mean 'publicKeys'?"],
    [{ ticket: 'x', authextra: 5 }, 'authextra: expected an object, got a number'],
  ])('is %j', (user, text) => {
    const start = () => parseConfig(configOf(user));
    expect(start).toThrow(TypeError);
    expect(start).toThrow(`config.realms["shop"].users["joe"].${text}`);
    expect(start).not.toThrow(/hunter2|1234/);
  });

  test.each<[object]>([
    [{ ticket: 'x' }],
    [{ wampcra: { secret: 'x' } }],
    [{ wampcra: cra }],
    [{ scram }],
    [{ scram: argon2 }],
    [{ scram: { ...scram, memory: null, crossbar: undefined } }],
    [{ cryptosign: { publicKeys: [publicKey.toUpperCase()] } }],
  ])('differs from a good one: %j', (user) => {
    expect(told(configOf(user))).toEqual([]);
  });
});

describe('[H1] a user’s entry that our client refuses by default is logged at the start', () => {
  const at = 'config.realms["shop"].users["joe"].scram: our client refuses';
  test.each<[object, string]>([
    [{ ...scram, iterations: 1000 }, `${at} 1000 times pbkdf2 as too little or too much, unless it is told otherwise`],
    [{ ...scram, iterations: 2_000_000 }, `${at} 2000000 times pbkdf2`],
    [{ ...argon2, memory: 64 }, `${at} 1 times 64 KiB of argon2id13`],
    [{ ...argon2, memory: 2 ** 21 }, `${at} 1 times 2097152 KiB of argon2id13`],
  ])('if it is %j', (entry, text) => {
    expect(told(configOf({ scram: entry }))).toEqual([expect.stringContaining(text)]);
  });
});

describe('[H1] a name that could not log in is refused at the start', () => {
  const long = 'x'.repeat(1025);
  const realm = (more: object): unknown => ({ realms: { shop: { authroles: {}, ...more } } });

  test.each<[string, unknown, string]>([
    [
      'an authid',
      configOf({ ticket: 'x' }, long),
      'config.realms["shop"].users: expected at most 1024 characters (limits.maxUriLength), got 1025',
    ],
    [
      'an authrole',
      realm({ authroles: { [long]: { permissions: [] } } }),
      'config.realms["shop"].authroles: expected at most 1024 characters',
    ],
    [
      'a realm',
      { realms: { [long]: 'open' } },
      'config.realms: expected a URI of at most 1024 characters (limits.maxUriLength), got 1025',
    ],
    [
      'a realm of many components',
      { realms: { [`a${'.a'.repeat(64)}`]: 'open' } },
      'config.realms: expected a URI of at most 64 components',
    ],
    [
      'an authenticator',
      realm({ authenticator: long }),
      'config.realms["shop"].authenticator: expected a URI of at most 1024 characters',
    ],
    [
      'an authenticator of the router',
      realm({ authenticator: 'wamp.session.count' }),
      'authenticator: expected a procedure that a client can register, got "wamp.session.count"',
    ],
    [
      'an authorizer of the router',
      realm({ authroles: { user: { permissions: [], authorizer: 'autostrada.x' } } }),
      '.authroles["user"].authorizer: expected a procedure that a client can register',
    ],
    [
      'a private key',
      realm({ privateKey: 'hunter2' }),
      'config.realms["shop"].privateKey: expected an Ed25519 key of 64 hex digits, got a text of 7 characters',
    ],
  ])('if it is %s', (_, config, text) => {
    expect(() => parseConfig(config)).toThrow(TypeError);
    expect(() => parseConfig(config)).toThrow(text);
  });

  test('unless the limits are wider', () => {
    expect(() => parseConfig({ realms: { [long]: 'open' }, limits: { maxUriLength: 2000 } })).not.toThrow();
  });
});
