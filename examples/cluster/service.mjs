// One service of the chess demo, with all three routers as targets. `npm start` runs the same modules as components of one router.
import { Connection } from 'autostrada';
import { wampcra } from 'autostrada/wampcra';
import { onEnd } from './child.mjs';

const { AUTOSTRADA_COMPONENT, ROUTERS, SERVICE_SECRET, WAMP_REALM } = process.env;
const user = AUTOSTRADA_COMPONENT.split('/')[1].replace(/-\d$/, ''); // both robots are one user

onEnd(() => process.exit());

const auth = wampcra({ authid: user, secret: SERVICE_SECRET });
const connection = new Connection({ url: ROUTERS.split(','), realm: WAMP_REALM, auth });
const { default: run } = await import(`../chess/services/${user}.mjs`);
await run(connection);
