/*
 * RFC 4013 "SASLprep": the same password gives the same bytes, whatever keyboard it is typed on. NFKC is the platform's. The
 * tables of RFC 3454 are here as ranges, because the libraries for it bring 28 MB, or Buffer. Code points that Unicode 3.2
 * did not have yet are allowed, as RFC 3454 section 7 says for "queries": a password with a newer letter must work, and both
 * ends treat it alike.
 */

type Ranges = readonly (readonly [from: number, to: number])[];

/** C.1.2: spaces other than U+0020. B.1: characters that are removed. */
const SPACES = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g;
const NOTHING = /\u034f|[\u00ad\u1806\u200b-\u200d\u2060\ufeff]|[\u180b-\u180d]|[\ufe00-\ufe0f]/g;
/** C.1.2 to C.9 in one table: controls, private use, surrogates and tags are forbidden. */
const PROHIBITED =
  '0-1f 7f-a0 340-341 6dd 70f 1680 180e 2000-200f 2028-202f 205f-2063 206a-206f 2ff0-2ffb 3000 d800-f8ff fdd0-fdef feff fff9-ffff ' +
  '1d173-1d17a 1fffe-1ffff 2fffe-2ffff 3fffe-3ffff 4fffe-4ffff 5fffe-5ffff 6fffe-6ffff 7fffe-7ffff 8fffe-8ffff 9fffe-9ffff ' +
  'afffe-affff bfffe-bffff cfffe-cffff dfffe-dffff e0001 e0020-e007f efffe-10ffff';
/**
 * D.1: letters that are written from right to left. Code points between two of them that Unicode 3.2 did not assign are
 * included.
 */
const RIGHT_TO_LEFT =
  '5be 5c0 5c3 5d0-5f4 61b-64a 66d-66f 671-6d5 6dd 6e5-6e6 6fa-70d 710 712-72c 780-7a5 7b1 200f fb1d fb1f-fb28 fb2a-fd3d fd50-fdc7 ' +
  'fdf0-fdfc fe70-fefc';
/** D.2: letters that are written from left to right, and the marks that belong to them. */
const LEFT_TO_RIGHT =
  '41-5a 61-7a aa b5 ba c0-d6 d8-f6 f8-2b8 2bb-2c1 2d0-2d1 2e0-2e4 2ee 37a 386 388-3f5 400-589 903-9f1 9f4-e33 e40-f38 f3e-1676 ' +
  '1681-169a 16a0-17da 17dc-17e9 1810-1fbc 1fbe 1fc2-1fcc 1fd0-1fdb 1fe0-1fec 1ff2-1ffc 200e 2071 207f 2102 2107 210a-2113 2115 ' +
  '2119-211d 2124 2126 2128 212a-212d 212f-2131 2133-2139 213d-213f 2145-2149 2160-2183 2336-237a 2395 249c-24e9 3005-3007 ' +
  '3021-3029 3031-3035 3038-303c 3041-3096 309d-309f 30a1-30fa 30fc-3243 3260-32b0 32c0-a48c ac00-fb17 ff21-ff3a ff41-ff5a ' +
  'ff66-ffdc 10300-1d172 1d183-1d7c9 20000-2fa1d f0000-ffffd 100000-10fffd';

/** @throws TypeError if the text has characters that a password may not have. The message does not show the text. */
export function saslprep(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  const mapped = text.replace(SPACES, ' ').replace(NOTHING, '');
  // An engine without `normalize` has no Unicode tables: the text stays as it was typed.
  const prepared = typeof mapped.normalize === 'function' ? mapped.normalize('NFKC') : mapped;
  const points = pointsOf(prepared);
  if (points.some(within(PROHIBITED))) throw new TypeError('expected a text without control and private characters (RFC 4013)');
  const isRight = within(RIGHT_TO_LEFT);
  const [first, last] = [points[0], points[points.length - 1]];
  const isMixed = points.some(within(LEFT_TO_RIGHT)) || !isRight(first ?? 0) || !isRight(last ?? 0);
  if (points.some(isRight) && isMixed)
    throw new TypeError(
      'expected a text of one direction: from right to left from its first character to its last, or not at all (RFC 4013)',
    );
  return prepared;
}

function within(table: string): (point: number) => boolean {
  const ranges: Ranges = table.split(' ').map((range) => {
    const [from = '', to = from] = range.split('-');
    return [Number.parseInt(from, 16), Number.parseInt(to, 16)];
  });
  return (point) => ranges.some(([from, to]) => point >= from && point <= to);
}

function pointsOf(text: string): readonly number[] {
  const points: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const [unit, next] = [text.charCodeAt(i), text.charCodeAt(i + 1)];
    const isPair = unit >= 0xd800 && unit < 0xdc00 && next >= 0xdc00 && next < 0xe000;
    points.push(isPair ? 0x10000 + ((unit & 0x3ff) << 10) + (next & 0x3ff) : unit);
    if (isPair) i++;
  }
  return points;
}
