// The page: first the user logs in, then they are in the lobby, at their table, or watch another one. When their connection is closed for
// good, the page starts again without a reload.
import { openChat } from './chat.mjs';
import { byId, inWords, show } from './dom.mjs';
import { openLobby, showGames, showPool, stateOf } from './lobby.mjs';
import { askWhoItIs, forget, logIn, openVisitor, remembered, suggest } from './login.mjs';
import { announce, showServices } from './presence.mjs';
import { sitDown } from './table.mjs';
import { watch } from './watch.mjs';

const { ApplicationError } = window.autostrada;

let table; // my own, or the one that I watch
let closeChat = () => {};

const isSame = (game, other) => ['id', 'white', 'black'].every((key) => game?.[key] === other?.[key]);

function leaveTable() {
  table?.close();
  table = undefined;
  closeChat();
}

/** The tournament has told its state. A game that is not in it was lost with the router's store, unless it was over. */
function follow(state) {
  if (!table) return;
  const same = state.games.find((game) => isSame(game, table.game));
  if (same) table.written(same);
  else if (!table.isOver) {
    leaveTable();
    window.demo.say('problem', 'The router was started again without its store. It does not know this game any more.', 'wait');
  }
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
    follow(state);
  };
  visitor.subscribe('chess.tournament.state', onState, { get_retained: true });
  const connection = await askWhoItIs(visitor);
  leaveTable();
  await visitor.close();
  return connection;
}

async function playAs(connection) {
  const me = connection.session.authid;
  const move = `chess.player.${me}.move`;
  const register = () =>
    connection.register(
      move,
      (args, _kwargs, { caller_authid: caller }) => {
        if (table?.receive) return table.receive(args, caller);
        throw new ApplicationError('chess.error.no_such_game', ['I do not play that game.']);
      },
      { invoke: 'last' }, // the newest of my windows
    );
  let registration = register();
  let state = { pool: [], games: [] };
  let isElsewhere = false;
  let hasLeft = false;

  const arrange = () => {
    showPool(state, me);
    const own = state.games.find((game) => !game.result && [game.white, game.black].includes(me));
    const look = (game) => {
      lookOn(connection, game);
      arrange();
    };
    showGames(state, own && !isElsewhere ? undefined : look);
    follow(state);
    if (own && !isElsewhere && !(table?.receive && isSame(table.game, own))) {
      leaveTable();
      window.demo.say('problem', '');
      table = sitDown({ connection, me, game: own });
      closeChat = openChat(connection, `game${own.id}`);
      show('say', true);
    }
    show('lobby', !table?.receive && !isElsewhere);
  };
  connection.on('status', (status) => {
    if (status.state !== 'joined') byId('pool').textContent = ''; // without a session the pool is unknown
  });
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
    hasLeft = true;
    // The router ends the session of a guest instead of answering. If it cannot, the name is kept for a while.
    await connection.call('chess.auth.log_out', [], null, { whenOffline: 'fail', timeoutMs: 5000 }).catch(() => {});
    await connection.close();
  });
  arrange();
  const error = await connection.closed;
  isElsewhere = true; // whatever comes from now on
  leaveTable();
  show('lobby', false);
  window.demo.say('problem', '');
  if (hasLeft) return;
  suggest(me);
  if (error && error.uri !== 'wamp.close.logout') return refused(error);
  forget();
  window.demo.say('problem', `${me} has logged out in another window.`, 'wait');
}

/** What the tab remembers does not let it in any more. */
function refused(error) {
  const isUnknown = error.uri === 'wamp.error.authentication_denied';
  if (isUnknown) forget();
  window.demo.say('problem', isUnknown ? 'The club does not know you any more. Please log in again.' : inWords(error), 'bad');
}

async function begin() {
  const login = remembered();
  if (!login) return visit();
  try {
    return await logIn(login);
  } catch (error) {
    suggest(login.authid);
    refused(error);
    return visit();
  }
}

for (;;) {
  const connection = await begin();
  window.demo.connection = connection; // so that you can try things on the console
  await playAs(connection);
}
