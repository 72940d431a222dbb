/*
 * A simulated accelerometer on the arm of a servo, as a small computer would drive it: RawSocket
 * and MessagePack, a reading every 10 ms, no acknowledgement. When it is unplugged it sends nothing
 * any more; its testament does (announce.mjs leaves it). It is a guest: a program that makes its connection itself.
 */
import { Connection } from 'autostrada';
import { cryptosign } from 'autostrada/cryptosign';
import { msgpack } from 'autostrada/msgpack';
import { rawSocket } from 'autostrada/node';
import { announce } from '../announce.mjs';

const { WAMP_RAW_URL, WAMP_REALM: realm, WAMP_PRIVATE_KEY: privateKey } = process.env;
const auth = cryptosign({ privateKey });
const service = new Connection({ url: rawSocket(WAMP_RAW_URL), realm, auth, serializers: [msgpack()] });
process.once('SIGTERM', async () => {
  await service.close();
  process.exit();
});

const gravity = 9.81;
let angle = 0; // of the arm, in radians: it decides how much of gravity is on the x axis
let shaking = 0; // the vibration after a turn of the servo

const feel = ([degrees], _kwargs, { retained }) => {
  const next = (Number(degrees) * Math.PI) / 180;
  if (!retained) shaking += Math.min(Math.abs(next - angle) * 12, 25);
  angle = next;
};
// The arm keeps its position: a sensor that is plugged in again measures it, although nothing moves.
service.subscribe('iot.servo.position', feel, { get_retained: true });

const noise = () => (Math.random() - 0.5) * 0.25;

function measure(seconds) {
  const swing = shaking * Math.sin(seconds * 55);
  shaking *= 0.965;
  return [gravity * Math.sin(angle) + swing + noise(), noise() + swing / 3, gravity * Math.cos(angle) + noise()];
}

service.register('iot.accelerometer.unplug', () => {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), 20); // after the answer, without GOODBYE
});

await announce(service);

const started = performance.now();
let sent = 0;
setInterval(() => {
  // A timer is late now and then: then there are several readings to send.
  for (; sent * 10 <= performance.now() - started; sent++)
    service.publish('iot.accelerometer.reading', [sent, ...measure(sent / 100)]);
}, 10);
