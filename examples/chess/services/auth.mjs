/*
 * The users. The router calls `find_user` at every login that is not a service's, and checks the
 * proof itself; this process never sees it. Accounts are in a file (accounts.mjs), so a restart
 * loses no user. While it is away nobody can log in, and players who are logged in continue.
 */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ApplicationError } from 'autostrada';
import { scramEntry } from 'autostrada/scram';
import { announce } from '../../announce.mjs';
import { isName, nameRule, reserved } from '../names.mjs';
import { readTopic } from '../record.mjs';
import { openAccounts } from './accounts.mjs';

export default async function auth(service) {
  // One folder for each port, because only one process listens there; git ignores it.
  const { DEMO_DATA, WAMP_URL } = process.env;
  const folder = DEMO_DATA ?? fileURLToPath(new URL(`../../../.cache/demos/${new URL(WAMP_URL).port}`, import.meta.url));
  const accounts = openAccounts(path.join(folder, 'accounts.json'));

  function checkName(name) {
    if (!isName(name)) throw new ApplicationError('chess.error.bad_name', [nameRule]);
    if (accounts.isTaken(name) || reserved.has(name.toLowerCase()))
      throw new ApplicationError('chess.error.name_taken', [`The name ${name} is taken.`]);
    if (accounts.isFull()) throw new ApplicationError('chess.error.full', ['The club is full.']);
  }

  const secret = () => randomBytes(24).toString('base64url');
  const famous = ['Morphy', 'Polgar', 'Capablanca', 'Menchik', 'Tal', 'Hou', 'Lasker', 'Graf', 'Fischer', 'Muzychuk'];

  function guestName() {
    for (;;) {
      const name = `${famous[Math.floor(Math.random() * famous.length)]}-${randomBytes(2).readUInt16LE() % 1000}`;
      if (!accounts.isTaken(name)) return name;
    }
  }

  service.register('chess.auth.find_user', ([, authid]) => {
    const account = accounts.get(authid);
    if (!account) throw new ApplicationError('wamp.error.no_such_principal', ['no such player']);
    return account;
  });

  service.register('chess.auth.guest', ([wish]) => {
    const authid = wish || guestName();
    checkName(authid);
    const account = { authrole: 'player', wampcra: { secret: secret() } };
    accounts.set(authid, account);
    return { authid, secret: account.wampcra.secret };
  });

  service.register('chess.auth.sign_up', async ([name, password]) => {
    checkName(name);
    if (typeof password !== 'string' || password.length < 8 || password.length > 200)
      throw new ApplicationError('chess.error.bad_password', ['A password has at least 8 characters.']);
    const scram = await scramEntry(password); // useless to a thief
    checkName(name); // another user may have been quicker
    accounts.set(name, { authrole: 'player', scram });
  });

  // After a login by password: the secret that a page keeps instead of the password, to come back after a reload.
  service.register('chess.auth.remember', (_args, _kwargs, { caller_authid: authid }) => {
    const account = accounts.get(authid);
    if (!account) throw new ApplicationError('wamp.error.no_such_principal', ['no such player']);
    if (!account.wampcra) accounts.set(authid, { ...account, wampcra: { secret: secret() } });
    return { authid, secret: accounts.get(authid).wampcra.secret };
  });

  // Then the name of a guest is free, so none of the guest's windows may keep it. The router ends them all, also the one that calls this.
  service.register('chess.auth.log_out', async (_args, _kwargs, { caller_authid: authid }) => {
    if (!accounts.isGuest(authid)) return;
    await service.call('wamp.session.kill_by_authid', [authid], { reason: 'wamp.close.logout' });
    accounts.release(authid);
  });

  service.subscribe(
    'chess.player..presence',
    ([session, isHere], _kwargs, { topic }) => accounts.presence(readTopic(topic).player, session, isHere === true),
    { match: 'wildcard', get_retained: true },
  );

  await announce(service);
}
