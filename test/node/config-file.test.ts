/* The file of `checkFile`, `loadFile` and `serve`: everything that code can say in data. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Connection } from 'autostrada';
import { ConfigFileError, checkFile, faultLine, loadConfig, loadFile, rawSocket, serve } from 'autostrada/node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { authority } from '../fixtures/certificates.ts';
import { failure } from '../fixtures/scripted-session.ts';

function folder(files: { readonly [name: string]: string }): string {
  const made = mkdtempSync(path.join(tmpdir(), 'autostrada-file-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(made, name)), { recursive: true });
    writeFileSync(path.join(made, name), text);
  }
  return made;
}

const fileOf = (text: string, more: { readonly [name: string]: string } = {}): string =>
  path.join(folder({ ...more, 'router.json': text }), 'router.json');

/** The faults of a text, as they are shown, without the name of the file. */
async function faultsIn(text: string, more: { readonly [name: string]: string } = {}): Promise<readonly string[]> {
  const file = fileOf(text, more);
  const { faults } = await checkFile(file);
  return faults.map((fault) =>
    faultLine({ ...fault, text: fault.text.replaceAll(path.dirname(file), '…') }).slice(file.length + 1),
  );
}

const closed = `{
  "realms": {
    "shop": {
      "anonymous": "visitor",
      "authroles": {
        "visitor": { "permissions": [] },
      },
      "users": {
        USERS
      },
    },
  },
}`;
const withUser = (user: string): string => closed.replace('USERS', user);
const withListen = (listen: string): string => `{ "realms": { "a": "open" },\n"listen": ${listen} }`;

describe('[K2] a fault of a configuration file is shown with its place', () => {
  test.each<[string, string, readonly string[]]>([
    [
      'an unknown key',
      '{ "realms": {},\n  "lisen": {} }',
      [
        '1:13: config.realms: expected at least one realm, got {}',
        "2:3: config: expected realms, limits, strictRequestIds, preferLocal, $schema, listen, store, components, log, drainMs, processes, cluster, control, got 'lisen'; did you mean 'listen'?",
      ],
    ],
    ['a key that is missing', '{}', ['1:1: config.realms: expected an object, got nothing']],
    [
      'a wrong type',
      '{ "realms": { "a": 5,\n "b": [], "c": "opn", "d": null } }',
      [
        '1:20: config.realms["a"]: expected "open" or an object, got 5',
        '2:7: config.realms["b"]: expected "open" or an object, got a list',
        '2:16: config.realms["c"]: expected "open" or an object, got "opn"',
        '2:28: config.realms["d"]: expected "open" or an object, got null',
      ],
    ],
    [
      'a number out of range',
      '{ "realms": { "a": "open" }, "limits": {\n"maxSessions": 0, "maxDepth": 1.5 } }',
      [
        '2:16: config.limits.maxSessions: expected an integer from 1 to 16777216, got 0',
        '2:31: config.limits.maxDepth: expected an integer from 8 to 1000, got 1.5',
      ],
    ],
    [
      'a word that is not known',
      withUser('').replace('[]', '[{ "uri": "a", "match": "begin", "allow": ["cal"] }]'),
      [
        '6:61: config.realms["shop"].authroles["visitor"].permissions[0].match: expected "exact", "prefix" or "wildcard", got "begin"',
        '6:80: config.realms["shop"].authroles["visitor"].permissions[0].allow[0]: expected "call", "register", "publish" or "subscribe", got "cal"',
      ],
    ],
    [
      'a URI that is not one',
      withUser('').replace('[]', '[{ "uri": "a..b", "allow": "all" }, { "uri": "c d", "allow": [] }]'),
      [
        '6:47: config.realms["shop"].authroles["visitor"].permissions[0].uri: expected a URI with no empty component and no white space or \'#\', got "a..b"; did you mean match: \'wildcard\'?',
        '6:82: config.realms["shop"].authroles["visitor"].permissions[1].uri: expected a URI with no empty component and no white space or \'#\', got "c d"',
      ],
    ],
    [
      'an authrole that is not there',
      withUser('"joe": { "authrole": "boss", "ticket": "x" },\n"jim": { "authrole": "visitor" }'),
      [
        '9:30: config.realms["shop"].users["joe"].authrole: expected one of the realm\'s authroles, got "boss"',
        '10:8: config.realms["shop"].users["jim"]: expected ticket, wampcra, scram or cryptosign: without any of them nobody can log in as this user',
      ],
    ],
    [
      'a secret of the wrong type, without showing it',
      withUser('"joe": { "authrole": "visitor", "ticket": 123456, "scram": { "kdf": "hush" } }'),
      [
        '9:51: config.realms["shop"].users["joe"].ticket: expected a string, got a number',
        '9:68: config.realms["shop"].users["joe"].scram.salt: expected a string, got nothing',
        '9:68: config.realms["shop"].users["joe"].scram.iterations: expected a number, got nothing',
        '9:68: config.realms["shop"].users["joe"].scram.storedKey: expected a string, got nothing',
        '9:68: config.realms["shop"].users["joe"].scram.serverKey: expected a string, got nothing',
        '9:77: config.realms["shop"].users["joe"].scram.kdf: expected "pbkdf2", "argon2id13" or "argon2id-13", got a text of 4 characters, which is base64 of 3',
      ],
    ],
    [
      'one of several forms',
      withUser('"joe": { "authrole": "visitor", "wampcra": { "key": "a", "salt": "b" } }'),
      [
        '9:52: config.realms["shop"].users["joe"].wampcra.iterations: expected a number, got nothing',
        '9:52: config.realms["shop"].users["joe"].wampcra.keylen: expected a number, got nothing',
      ],
    ],
    [
      'a variable that is not set',
      withListen('{ "host": { "env": "AUTOSTRADA_NOT_SET" }, "port": { "env": "HOME" } }'),
      [
        '2:21: config.listen.host: expected the environment to have AUTOSTRADA_NOT_SET, got nothing',
        expect.stringMatching(/^2:62: config\.listen\.port: expected an integer from 0 to 65535, got "/),
      ],
    ],
    [
      'variables that are not set, and nothing that only they make wrong',
      `{ "realms": { "realm1": { "authroles": { "user": { "permissions": [] } }, "users": { "joe": { "authrole": "user", "ticket": { "env": "AUTOSTRADA_NOT_SET" } } } } },
  "components": { "a": { "module": { "env": "AUTOSTRADA_NOT_SET" } } },
  "cluster": { "nats": { "servers": ["nats://127.0.0.1", { "env": "AUTOSTRADA_NOT_SET" }], "name": "a b" } } }`,
      [
        '1:125: config.realms["realm1"].users["joe"].ticket: expected the environment to have AUTOSTRADA_NOT_SET, got nothing',
        '2:36: config.components.a.module: expected the environment to have AUTOSTRADA_NOT_SET, got nothing',
        '3:58: config.cluster.nats.servers[1]: expected the environment to have AUTOSTRADA_NOT_SET, got nothing',
        '3:100: config.cluster.nats.name: expected 1 to 64 letters, digits, - and _, got "a b"',
      ],
    ],
    [
      'ports',
      withListen('[{ "port": 1, "path": "ws" }, { "port": 1 }, { "socketPath": "s", "host": "h" }]'),
      [
        '2:33: config.listen[0].path: expected a path that begins with \'/\', got "ws"',
        '2:41: config.listen[1]: expected each port once, got 127.0.0.1:1 again',
        '2:85: config.listen[2].host: expected socketPath without host: it has its own',
      ],
    ],
    [
      'origins and hosts',
      withListen('{ "origins": ["example.com"], "hosts": ["http://a"] }'),
      [
        '2:24: config.listen.origins: expected origins to hold origins as https://example.com, got "example.com"',
        expect.stringMatching(/^2:50: config\.listen\.hosts: expected .*http:\/\/a/),
      ],
    ],
    [
      'files that are not there',
      withListen('{ "web": "none", "tls": { "cert": "c.pem", "key": "router.json" } }'),
      [
        '2:20: config.listen.web: expected a directory, got "…/none"',
        "2:45: config.listen.tls.cert: expected a file that can be read, got ENOENT: no such file or directory, access '…/c.pem'",
      ],
    ],
    [
      'a file that is not a certificate',
      withListen('{ "tls": { "cert": "router.json", "key": "router.json" } }'),
      [
        '2:20: config.listen.tls: expected cert of tls to be a certificate in PEM (-----BEGIN …), not a file name, got a text of 99 characters',
      ],
    ],
    [
      'long-poll around the WebSocket',
      withListen('{ "path": "/lp/ws" }'),
      ["2:21: config.listen.path: expected path not to be within longPollPath ('/lp'), got '/lp/ws'"],
    ],
    ['a text that is not JSON', '{ "realms": "a" "b" }', ["1:17: not valid JSON: expected ',' or '}', got '\"'"]],
    [
      'a key that is there twice',
      '{ "realms": {},\n"realms": {} }',
      ['2:1: config.realms: expected it once, got it in line 1, column 3 and again in line 2, column 1'],
    ],
  ])('%s', async (_, text, faults) => {
    expect(await faultsIn(text)).toEqual(faults);
  });

  test.each<[string, object, string]>([
    ['path', { path: '/ws?x' }, "path: expected a path without '?', '#' and white space, got \"/ws?x\""],
    ['host', { host: 'http://localhost' }, 'host: expected an address or a name'],
    ['origins', { origins: ['https://*.example.com'] }, 'origins: expected origins to hold origins as https://example.com'],
    ['serializers', { serializers: [] }, 'serializers: expected at least one serializer, got []'],
    ['tls', { tls: { cert: 'router.json' } }, 'tls.key: expected a string, got nothing'],
    [
      'socketPath',
      { socketPath: './nowhere/a.sock' },
      'socketPath: expected a path in a folder that is there, got …/nowhere/a.sock',
    ],
    ['socketPath', { socketPath: './router.json' }, 'socketPath: expected the path of a socket, got another file: …/router.json'],
    ['ops', { port: 9, ops: { port: 9 } }, 'ops: expected ops to have another port than the port itself, got 9'],
    ['ops', { ops: { path: '/lp' } }, "ops: expected paths that nothing else has, got '/lp'"],
    ['ops', { http: true, ops: { path: '/call' } }, "ops: expected paths that nothing else has, got '/call'"],
    ['http', { http: { path: '/lp' } }, "http: expected paths that nothing else has, got '/lp/call/'"],
  ])('of %s that would fail at the start, or never do what it says: %j', async (_, listen, text) => {
    const faults = await faultsIn(JSON.stringify({ realms: { realm1: 'open' }, listen }));
    expect(faults).toEqual([expect.stringContaining(`config.listen.${text}`)]);
  });

  test('of a store in a file, or in an empty text', async () => {
    const store = (folder: string): string => JSON.stringify({ realms: { realm1: 'open' }, store: { folder } });
    expect(await faultsIn(store('./router.json'))).toEqual([
      expect.stringContaining('config.store.folder: expected a folder, got a file'),
    ]);
    expect(await faultsIn(store(''))).toEqual([
      expect.stringContaining('config.store.folder: expected a folder, got an empty text'),
    ]);
  });

  test('all at once, in the order of the text', async () => {
    const error = await failure(loadFile(fileOf(withListen('{ "prot": 1 }').replace('"open"', '1'))));
    expect(error).toBeInstanceOf(ConfigFileError);
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message.split('\n')).toEqual([
      expect.stringMatching(/router\.json:1:20: config\.realms\["a"\]: expected "open" or an object, got 1$/),
      expect.stringMatching(/router\.json:2:13: config\.listen: expected .*, got 'prot'; did you mean 'port'\?$/),
    ]);
  });
});

describe('[K2] what is legal but probably a mistake', () => {
  const warningsIn = async (text: string, more = {}): Promise<readonly string[]> => {
    const file = fileOf(text, more);
    const { faults, warnings } = await checkFile(file);
    expect(faults).toEqual([]);
    return warnings.map((warning) => faultLine(warning).slice(file.length + 1));
  };

  test('is an open realm on a public address', async () => {
    expect(await warningsIn(withListen('[{ "host": "::" }, { "host": "127.0.0.1" }]'))).toEqual([
      '2:12: config.listen[0]: anyone who reaches :: may do anything in a',
    ]);
  });

  test('is an authrole that nobody has, and a rule that does nothing', async () => {
    const rules = '[{ "uri": "a.", "match": "prefix", "allow": [] },\n{ "uri": "a..b", "match": "wildcard", "allow": [] }]';
    const text = withUser('').replace('[] }', `${rules} }, "boss": { "permissions": "all" }`);
    expect(await warningsIn(text)).toEqual([
      '7:1: config.realms["shop"].authroles["visitor"].permissions[1]: for every URI that this wildcard matches, the rule for the prefix \'a.\' comes first',
      '7:65: config.realms["shop"].authroles["boss"]: neither anonymous clients nor a user nor a component has this authrole',
    ]);
  });

  test('is a realm that nobody can join', async () => {
    expect(await warningsIn('{ "realms": { "a": { "authroles": {} } } }')).toEqual([
      '1:20: config.realms["a"]: it has neither anonymous nor users nor an authenticator, so nobody can log in from outside',
    ]);
  });
});

describe('[K2] a configuration file', () => {
  test('has ports of all kinds, whose paths count from its folder', async () => {
    const { cert, key } = authority().issue('router');
    const file = fileOf(
      `{
        // for development
        "realms": { "realm1": "open" },
        "listen": [
          { "port": 0, "web": { "folder": "pages", "singlePage": true, "cacheControl": { "/assets/": "max-age=60" } }, "serializers": ["cbor"] },
          { "port": { "env": "AUTOSTRADA_TEST_PORT" }, "protocols": ["websocket"], "tls": { "cert": "tls/cert.pem", "key": "tls/key.pem" } },
          { "socketPath": "router.sock" },
        ],
      }`,
      { 'pages/index.html': 'the page', 'pages/assets/a.js': '1', 'tls/cert.pem': cert, 'tls/key.pem': key },
    );
    process.env.AUTOSTRADA_TEST_PORT = '0';
    const served = await serve(file);
    delete process.env.AUTOSTRADA_TEST_PORT;
    onTestFinished(() => served.close());
    const [web, tls, socket] = served.listeners;
    expect(tls?.url).toMatch(/^wss:/);
    const page = web!.url.replace(/^ws/, 'http').replace(/ws$/, '');
    const deep = await fetch(`${page}orders/12`);
    expect([deep.status, await deep.text(), deep.headers.get('cache-control')]).toEqual([200, 'the page', 'no-cache']);
    expect((await fetch(`${page}assets/a.js`)).headers.get('cache-control')).toBe('max-age=60');
    expect((await fetch(`${page}assets/b.js`)).status).toBe(404);
    expect(socket?.url).toBe(`unix:${path.join(path.dirname(file), 'router.sock')}`);
    const connection = new Connection({ url: rawSocket(`unix:${path.join(path.dirname(file), 'router.sock')}`), realm: 'realm1' });
    await connection.open();
    expect(served.router.stats().sessions).toBe(1);
    await connection.close();
  });

  test('can be read for its router alone, even where the files of its ports are not', async () => {
    const text = withListen('{ "tls": { "cert": "none.pem", "key": "none.pem" } }');
    expect(await loadConfig(fileOf(text))).toEqual({ realms: { a: 'open' } });
    await expect(loadFile(fileOf(text))).rejects.toThrow(/:2:30: config\.listen\.tls\.cert: expected a file/);
  });

  test('leaves nothing open when one of its ports is taken', async () => {
    const first = await serve({ router: { realms: { a: 'open' } }, listen: [{ port: 0 }] });
    onTestFinished(() => first.close());
    const port = first.listeners[0]!.port;
    const error = await failure(serve({ router: { realms: { a: 'open' } }, listen: [{ port: 0, path: '/first' }, { port }] }));
    expect(error).toMatchObject({ code: 'EADDRINUSE', port });
  });

  test('is refused with an option that serve does not have', async () => {
    await expect(serve('router.json', { hook: {} } as object)).rejects.toThrow("got 'hook'; did you mean 'hooks'?");
  });
});
