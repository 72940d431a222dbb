/*
 * Everybody may follow the settings. Only the admin may publish them, and the router tells
 * everybody who it was (`disclose`). The admin logs in by a ticket that everybody can read
 * here: it is one machine, and a demo. The chess demo shows better logins.
 */
export const services = [
  { name: 'crawler', file: 'worker.mjs', authrole: 'worker' },
  { name: 'encoder', file: 'worker.mjs', authrole: 'worker' },
];

const reports = [
  { uri: 'settings.report.', match: 'prefix', allow: ['subscribe'] },
  { uri: 'settings.service.', match: 'prefix', allow: ['subscribe'] },
];
const following = { uri: 'settings.current', allow: ['subscribe'] };

export const realm = {
  anonymous: 'visitor',
  authroles: {
    visitor: { permissions: [...reports, following] },
    admin: { permissions: [...reports, { ...following, allow: ['subscribe', 'publish'], disclose: true }] },
    worker: {
      permissions: [
        following,
        { uri: 'settings.report.{authid}', allow: ['publish'] },
        { uri: 'settings.service.{authid}', allow: ['publish'] },
        { uri: 'wamp.session.add_testament', allow: ['call'] },
      ],
    },
  },
  users: { admin: { authrole: 'admin', ticket: 'autostrada' } },
};
