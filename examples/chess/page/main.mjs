// The page: first somebody logs in, then he is in the lobby, at his table, or looks on at another one.
import { openChat } from './chat.mjs';
import { byId, inWords, show } from './dom.mjs';
import { openLobby, showGames, showPool, stateOf } from './lobby.mjs';
import { askWhoItIs, forget, logIn, openVisitor, remembered } from './login.mjs';
import { announce, showServices } from './presence.mjs';
import { sitDown } from './table.mjs';
import { watch } from './watch.mjs';

const { ApplicationError } = window.autostrada;

let table; // mine, or the one I look on at
let closeChat = () => {};

function leaveTable() {
  table?.close();
  table = undefined;
  closeChat();
}

function lookOn(connection, game) {
  leaveTable();
  table = watch({ connection, game });
  closeChat = openChat(connection, `game${game.id}`);
  show('say', false);
}

/** Before anybody has logged in: the games can be watched all the same. */
async function visit() {
  const visitor = openVisitor();
  window.demo.showStatus(visitor);
  showServices(visitor, byId('services'));
  const onState = ([value]) => {
    const state = stateOf(value);
    if (!state) return;
    showGames(state, (game) => {
      lookOn(visitor, game);
      byId('back').onclick = leaveTable;
    });
    const same = state.games.find((game) => game.id === table?.game.id);
    if (same) table.written(same);
  };
  visitor.subscribe('chess.tournament.state', onState, { get_retained: true });
  const connection = await askWhoItIs(visitor);
  leaveTable();
  await visitor.close();
  return connection;
}

function playAs(connection) {
  const me = connection.session.authid;
  const move = `chess.player.${me}.move`;
  const register = () =>
    connection.register(
      move,
      (args, _kwargs, { caller_authid: caller }) => {
        if (table?.receive) return table.receive(args, caller);
        throw new ApplicationError('chess.error.no_such_game', ['I do not play that game.']);
      },
      { invoke: 'last' }, // of my windows the newest
    );
  let registration = register();
  let state = { pool: [], games: [] };
  let isElsewhere = false;

  const arrange = () => {
    showPool(state, me);
    showGames(state, (game) => {
      lookOn(connection, game);
      arrange();
    });
    const own = state.games.find((game) => !game.result && [game.white, game.black].includes(me));
    if (own && !isElsewhere && table?.game.id !== own.id) {
      leaveTable();
      table = sitDown({ connection, me, game: own });
      closeChat = openChat(connection, `game${own.id}`);
      show('say', true);
    }
    const same = state.games.find((game) => game.id === table?.game.id);
    if (same?.result) table.written(same);
    show('lobby', !table?.receive && !isElsewhere);
  };
  const back = () => {
    leaveTable();
    arrange();
  };

  byId('me').textContent = me;
  byId('back').onclick = back;
  showServices(connection, byId('services'));
  const presence = announce(connection, me, () => {
    isElsewhere = true;
    registration.unregister();
    back();
    window.demo.say('problem', `${me} plays in another window now. `, 'wait');
    const button = document.createElement('button');
    button.className = 'small';
    button.textContent = 'Play here';
    button.onclick = () => {
      isElsewhere = false;
      window.demo.say('problem', '');
      registration = register();
      presence.again();
      arrange();
    };
    byId('problem').append(button);
  });
  connection.subscribe(
    'chess.tournament.state',
    ([value]) => {
      state = stateOf(value) ?? state;
      arrange();
    },
    { get_retained: true },
  );
  openLobby(connection, async () => {
    forget();
    await connection.close();
    location.reload();
  });
  arrange();
  return connection.closed;
}

async function begin() {
  const login = remembered();
  if (!login) return visit();
  try {
    return await logIn(login);
  } catch (error) {
    if (error.uri === 'wamp.error.authentication_denied')
      forget(); // the router has been started anew since
    else window.demo.say('problem', inWords(error), 'bad');
    return visit();
  }
}

const connection = await begin();
window.demo.connection = connection; // for who likes to try things on the console
const error = await playAs(connection);
if (error?.uri === 'wamp.error.authentication_denied') {
  forget();
  window.demo.say(
    'problem',
    'The club knows you no more: the router has been started anew. Reload the page to come in again.',
    'bad',
  );
} else if (error) window.demo.say('problem', inWords(error), 'bad');
