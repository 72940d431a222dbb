/*
 * Who is who. The router asks `find_user` at every login that is not a service's, and checks the
 * proof itself; this process never sees one. Accounts are in a file, so a restart loses nobody.
 * While it is away nobody can log in, and everybody who has goes on playing.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ApplicationError } from 'autostrada';
import { scramEntry } from 'autostrada/scram';
import { openService, ready } from '../../run/service.mjs';

const file = path.join(process.env.DEMO_DATA, 'accounts.json');
const reserved = new Set(['robot', 'auth', 'chat', 'tournament']);
const accounts = new Map(Object.entries(load())); // by authid: what the router gets

function load() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}

function save(authid, account) {
  accounts.set(authid, account);
  writeFileSync(`${file}.new`, JSON.stringify(Object.fromEntries(accounts)), { mode: 0o600 });
  renameSync(`${file}.new`, file); // never half a file
}

/** Names are parts of URIs, so they have no dots and no spaces. All else is fine, HTML too: pages show it as text. */
function checkName(name) {
  if (typeof name !== 'string' || !/^[^\s.#,{}]{2,20}$/u.test(name))
    throw new ApplicationError('chess.error.bad_name', ['A name has 2 to 20 characters, none of them a space or a dot.']);
  if (accounts.has(name) || reserved.has(name.toLowerCase()))
    throw new ApplicationError('chess.error.name_taken', [`The name ${name} is taken.`]);
  if (accounts.size >= 5000) throw new ApplicationError('chess.error.full', ['The club is full.']);
}

const secret = () => randomBytes(24).toString('base64url');
const famous = ['Morphy', 'Polgar', 'Capablanca', 'Menchik', 'Tal', 'Hou', 'Lasker', 'Graf', 'Fischer', 'Muzychuk'];

function guestName() {
  for (;;) {
    const name = `${famous[Math.floor(Math.random() * famous.length)]}-${randomBytes(2).readUInt16LE() % 1000}`;
    if (!accounts.has(name)) return name;
  }
}

const service = openService();

service.register('chess.auth.find_user', ([, authid]) => {
  const account = accounts.get(authid);
  if (!account) throw new ApplicationError('wamp.error.no_such_principal', ['no such player']);
  return account;
});

service.register('chess.auth.guest', ([wish]) => {
  const authid = wish || guestName();
  checkName(authid);
  const account = { authrole: 'player', wampcra: { secret: secret() } };
  save(authid, account);
  return { authid, secret: account.wampcra.secret };
});

service.register('chess.auth.sign_up', async ([name, password]) => {
  checkName(name);
  if (typeof password !== 'string' || password.length < 8 || password.length > 200)
    throw new ApplicationError('chess.error.bad_password', ['A password has at least 8 characters.']);
  const scram = await scramEntry(password); // of no use to a thief
  checkName(name); // somebody may have been quicker
  save(name, { authrole: 'player', scram });
});

// After a login by password: what a page keeps to come back after a reload, in place of the password.
service.register('chess.auth.remember', (_args, _kwargs, { caller_authid: authid }) => {
  const account = accounts.get(authid);
  if (!account) throw new ApplicationError('wamp.error.no_such_principal', ['no such player']);
  if (!account.wampcra) save(authid, { ...account, wampcra: { secret: secret() } });
  return { authid, secret: accounts.get(authid).wampcra.secret };
});

await ready(service);
