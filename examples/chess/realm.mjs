/*
 * The permissions of the chess club, URI by URI. A player's own procedures and topics are below
 * `chess.player.{authid}.`, and the router knows the authid from the login: so nobody answers, moves
 * or publishes for another player, whatever their page does.
 */
export const services = [
  { name: 'auth', file: 'services/auth.mjs' },
  { name: 'chat', file: 'services/chat.mjs' },
  { name: 'tournament', file: 'services/tournament.mjs' },
  { name: 'robot-1', file: 'services/robot.mjs', authid: 'robot' },
  { name: 'robot-2', file: 'services/robot.mjs', authid: 'robot' },
];

const below = (uri, allow, more = {}) => ({ uri, match: 'prefix', allow, ...more });
const told = { disclose: true }; // the other side always learns who it is

const canBeMissed = [{ uri: 'wamp.session.add_testament', allow: ['call'] }];
const service = [...canBeMissed, below('chess.service.', ['publish'])];
const reading = [
  below('chess.player.', ['subscribe']),
  below('chess.chat.', ['subscribe']),
  below('chess.service.', ['subscribe']),
  { uri: 'chess.tournament.state', allow: ['subscribe'] },
];

export const realm = {
  anonymous: 'visitor',
  authenticator: 'chess.auth.find_user', // for users who are not services
  authroles: {
    visitor: {
      permissions: [...reading, { uri: 'chess.auth.guest', allow: ['call'] }, { uri: 'chess.auth.sign_up', allow: ['call'] }],
    },
    player: {
      permissions: [
        ...canBeMissed,
        below('chess.player.', ['call', 'subscribe'], told),
        below('chess.player.{authid}.', 'all', told),
        below('chess.tournament.', ['call', 'subscribe'], told),
        below('chess.chat.', ['call', 'subscribe'], told),
        below('chess.service.', ['subscribe']),
        { uri: 'chess.auth.remember', allow: ['call'], ...told },
        { uri: 'chess.auth.log_out', allow: ['call'], ...told },
      ],
    },
    auth: {
      permissions: [
        ...service,
        below('chess.auth.', ['register']),
        below('chess.player.', ['subscribe']),
        { uri: 'wamp.session.kill_by_authid', allow: ['call'] },
      ],
    },
    chat: { permissions: [...service, below('chess.chat.', ['register', 'publish', 'subscribe'])] },
    tournament: {
      permissions: [
        ...service,
        below('chess.tournament.', ['register', 'publish', 'subscribe']),
        below('chess.player.', ['subscribe']),
      ],
    },
    robot: {
      permissions: [...service, below('chess.player.', ['call'], told), below('chess.player.{authid}.', 'all', told)],
    },
  },
};
