/*
 * Logging in: as a guest, with an account, or as the user of this tab before a reload. A
 * password is used for one login by SCRAM and forgotten; what the tab keeps is a secret that the
 * auth service gives it for WAMP-CRA.
 */
import { isName, nameRule } from '../names.mjs';
import { byId, inWords, show } from './dom.mjs';
import { routers } from './routers.mjs';

const { ApplicationError, Connection, wampcra, scram } = window.autostrada;
const place = { url: routers, realm: 'chess' };
const key = 'chess.login';
const limit = { timeoutMs: 10_000 };

/** For who has not logged in: may look on, and ask the auth service. */
export const openVisitor = () => new Connection(place);

export function remembered() {
  return JSON.parse(sessionStorage.getItem(key) ?? 'null') ?? undefined;
}
export const remember = (login) => sessionStorage.setItem(key, JSON.stringify(login));
export const forget = () => sessionStorage.removeItem(key);
/** Puts a name in the form, for the next login. */
export const suggest = (name) => {
  byId('guest-name').value = name;
};

/** While the auth service is away the router cannot check anybody: that is no reason to give up. */
const retry = {
  maxMs: 3000,
  decide: ({ error, proposal }) => (error.uri === 'wamp.error.authentication_failed' ? 1000 : proposal),
};

export async function logIn({ authid, secret, password }) {
  const auth = password === undefined ? wampcra({ authid, secret }) : scram({ authid, password });
  const connection = new Connection({ ...place, auth, retry });
  window.demo.showStatus(connection);
  try {
    await connection.open({ timeoutMs: 30_000 });
    if (password !== undefined) remember(await connection.call('chess.auth.remember'));
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** The name in a field. If it cannot be a name, the page says so before it asks the service. */
function nameIn(id) {
  const input = byId(id);
  const name = input.value.trim();
  if (isName(name) || (name === '' && !input.required)) return name;
  input.focus();
  throw new ApplicationError('chess.error.bad_name', [nameRule]);
}

/** Shows the forms until somebody has logged in. */
export function askWhoItIs(visitor) {
  show('login', true);
  return new Promise((resolve) => {
    const attempt = async (enter) => {
      window.demo.say('problem', visitor.session ? '' : 'Waiting for the router …', 'wait');
      try {
        const connection = await enter();
        window.demo.say('problem', '');
        show('login', false);
        for (const form of [byId('guest'), byId('account')]) form.reset();
        resolve(connection);
      } catch (error) {
        window.demo.showStatus(visitor);
        window.demo.say('problem', inWords(error), 'bad');
      }
    };
    byId('guest').onsubmit = (event) => {
      event.preventDefault();
      void attempt(async () => {
        const login = await visitor.call('chess.auth.guest', [nameIn('guest-name')], null, limit);
        remember(login);
        return logIn(login);
      });
    };
    byId('account').onsubmit = (event) => {
      event.preventDefault();
      const password = byId('password').value;
      void attempt(async () => {
        const authid = nameIn('name');
        if (event.submitter?.value === 'sign-up') await visitor.call('chess.auth.sign_up', [authid, password], null, limit);
        return logIn({ authid, password });
      });
    };
  });
}
