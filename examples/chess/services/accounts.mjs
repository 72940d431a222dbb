/*
 * The accounts of the club, in a file that outlives every process: after a restart of `npm start` players and guests come back under
 * their names. Each entry is what the router gets at a login. An account with a password is kept for ever. The name of a guest is
 * free again when the guest has logged out, or has been away for a while.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const limits = { accounts: 5000, guestAwayMs: 10 * 60_000 };

/** `now`: a clock, in milliseconds. */
export function openAccounts(file, now = () => performance.now()) {
  const accounts = new Map(Object.entries(load())); // by authid
  const here = new Map(); // by authid: the current session
  const left = new Map(); // by authid: since when the user is away
  const opened = now();

  function load() {
    try {
      return JSON.parse(readFileSync(file, 'utf8'));
    } catch (error) {
      if (error.code === 'ENOENT') return {}; // the first start
      throw new Error(`expected the accounts of the chess club in ${file}: ${error.message}`, { cause: error });
    }
  }

  function save() {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(`${file}.new`, JSON.stringify(Object.fromEntries(accounts)), { mode: 0o600 });
    renameSync(`${file}.new`, file); // never half a file
  }

  const isGuest = (authid) => accounts.has(authid) && !accounts.get(authid).scram;

  function isGone(authid) {
    return isGuest(authid) && !here.has(authid) && now() - (left.get(authid) ?? opened) > limits.guestAwayMs;
  }

  return {
    get: (authid) => accounts.get(authid),
    isTaken: (authid) => accounts.has(authid) && !isGone(authid),
    isFull() {
      if (accounts.size < limits.accounts) return false;
      for (const authid of [...accounts.keys()].filter(isGone)) {
        accounts.delete(authid);
        left.delete(authid);
      }
      return accounts.size >= limits.accounts;
    },
    set(authid, account) {
      accounts.set(authid, account);
      left.set(authid, now()); // the user has not joined yet
      save();
    },
    isGuest,
    /** Gives a name back. */
    release(authid) {
      accounts.delete(authid);
      left.delete(authid);
      save();
    },
    /** As the player's page publishes it, and its testament. */
    presence(authid, session, isHere) {
      if (isHere) here.set(authid, session);
      else if (here.get(authid) === session) {
        here.delete(authid);
        left.set(authid, now());
      }
    },
  };
}
