/*
 * Getting in: as a guest, with an account, or as who this tab was before it was reloaded. A
 * password is used for one login by SCRAM and forgotten; what the tab keeps is a secret that the
 * auth service gives it for WAMP-CRA.
 */
import { byId, inWords, show } from './dom.mjs';

const { Connection, wampcra, scram } = window.autostrada;
const place = { url: '/ws', realm: 'chess' };
const key = 'chess.login';

/** For who has not logged in: may look on, and ask the auth service. */
export const openVisitor = () => new Connection(place);

export function remembered() {
  return JSON.parse(sessionStorage.getItem(key) ?? 'null') ?? undefined;
}
export const remember = (login) => sessionStorage.setItem(key, JSON.stringify(login));
export const forget = () => sessionStorage.removeItem(key);

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

/** Shows the forms until somebody has logged in. */
export function askWhoItIs(visitor) {
  show('login', true);
  return new Promise((resolve) => {
    const attempt = async (enter) => {
      window.demo.say('problem', '');
      try {
        const connection = await enter();
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
        const login = await visitor.call('chess.auth.guest', [byId('guest-name').value.trim()]);
        remember(login);
        return logIn(login);
      });
    };
    byId('account').onsubmit = (event) => {
      event.preventDefault();
      const [authid, password] = [byId('name').value.trim(), byId('password').value];
      void attempt(async () => {
        if (event.submitter?.value === 'sign-up') await visitor.call('chess.auth.sign_up', [authid, password]);
        return logIn({ authid, password });
      });
    };
  });
}
