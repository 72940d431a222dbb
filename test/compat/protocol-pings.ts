// The deep import: PING and PONG.
import { vi } from 'vitest';
import { script } from './lab.ts';
import { frame, shaken, started } from './raw-stream.ts';

script('protocol: PING from the other side', (lab) => {
  const { stream, told } = shaken(lab);
  stream.deliver(frame(1, 'ü'), frame(1, 'x'.repeat(1000)));
  lab.see('written', stream.written.splice(0));
  stream.deliver(frame(1, Uint8Array.of(0xff, 0, 0xfe)));
  lab.see('no text', stream.written);
  lab.see('told', told);
  const small = started(lab);
  small.stream.emit('connect');
  small.stream.deliver(0x7f, 0x01, 0, 0, frame(1, 'x'.repeat(513)));
  lab.see('longer than it takes', [small.told.slice(1), small.stream.written.length]);
});

script('protocol: PONG', (lab) => {
  for (const strict_pong of [true, false]) {
    const { protocol, stream, told } = shaken(lab, { strict_pong });
    lab.see(`ping ${strict_pong}`, [protocol.ping('are you there'), stream.written]);
    stream.flush();
    stream.deliver(frame(2, 'are you there'));
    lab.see(`right ${strict_pong}`, [[...told], stream.ends]);
    stream.deliver(frame(2, 'are you there'));
    lab.see(`twice ${strict_pong}`, [[...told], stream.ends]);
    stream.deliver(frame(2, 'I am'));
    lab.see(`wrong ${strict_pong}`, [[...told], stream.ends, protocol._status]);
    const unasked = shaken(lab, { strict_pong });
    unasked.stream.deliver(frame(2, 'x'));
    lab.see(`unasked ${strict_pong}`, [unasked.told, unasked.stream.ends]);
    const two = shaken(lab, { strict_pong });
    two.protocol.ping('one');
    two.protocol.ping('two');
    two.stream.flush();
    two.stream.deliver(frame(2, 'two'));
    lab.see(`the later of two ${strict_pong}`, [[...two.told], two.stream.ends]);
    two.stream.deliver(frame(2, 'one'));
    lab.see(`the former of two, after it ${strict_pong}`, [two.told, two.stream.ends]);
    const both = shaken(lab, { strict_pong });
    both.protocol.ping('one');
    both.protocol.ping('two');
    both.stream.flush();
    both.stream.deliver(frame(2, 'one'));
    lab.see(`the former of two ${strict_pong}`, [both.told, both.stream.ends]);
    both.protocol.close();
    two.protocol.close();
  }
  const { protocol, stream } = shaken(lab, { ping_timeout: false });
  for (const payload of [undefined, 0, 1, 10, '', 'text', 'ü']) protocol.ping(payload);
  lab.see(
    'lengths given',
    stream.written.slice(5).map((octets) => octets.subarray(4)),
  );
  lab.see(
    'lengths',
    stream.written.map(({ length }) => length - 4),
  );
});

script('protocol: PINGs by themselves', (lab) => {
  for (const fail_on_ping_timeout of [true, false]) {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    const { protocol, stream, told } = started(lab, { autoping: 1000, ping_timeout: 300, fail_on_ping_timeout });
    stream.emit('connect');
    vi.advanceTimersByTime(5000);
    lab.see(`before the handshake ${fail_on_ping_timeout}`, stream.written.length);
    stream.deliver(0x7f, 0xf1, 0, 0);
    stream.written.length = 0;
    const answer = (): void => {
      stream.flush();
      for (const octets of stream.written.splice(0)) stream.deliver(2, octets.subarray(1));
    };
    vi.advanceTimersByTime(999);
    lab.see(`a moment before ${fail_on_ping_timeout}`, stream.written.length);
    vi.advanceTimersByTime(1);
    lab.see(
      `then ${fail_on_ping_timeout}`,
      stream.written.map(([type]) => type),
    );
    answer();
    vi.advanceTimersByTime(1000);
    lab.see(`and again ${fail_on_ping_timeout}`, [stream.written.length, told]);
    answer();
    vi.advanceTimersByTime(1000);
    vi.advanceTimersByTime(500);
    lab.see(`not sent yet ${fail_on_ping_timeout}`, [[...told], stream.ends]);
    stream.flush();
    vi.advanceTimersByTime(299);
    lab.see(`in time ${fail_on_ping_timeout}`, [[...told], stream.ends]);
    vi.advanceTimersByTime(1);
    lab.see(`too late ${fail_on_ping_timeout}`, [[...told], stream.ends, protocol._status]);
    stream.written.length = 0;
    vi.advanceTimersByTime(3000);
    lab.see(`afterwards ${fail_on_ping_timeout}`, stream.written.length);
    protocol.close();
    stream.emit('close', false);
    lab.see(`timers at the end ${fail_on_ping_timeout}`, vi.getTimerCount());
    vi.clearAllTimers();
    vi.useRealTimers();
  }
});

script('protocol: a PING is out when it closes', (lab) => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  const { protocol, stream, told } = shaken(lab, { ping_timeout: 300 });
  protocol.ping('x');
  stream.flush();
  protocol.close();
  vi.advanceTimersByTime(1000);
  lab.see('told', told);
  lab.see('ends', stream.ends > 0);
  vi.clearAllTimers();
});
