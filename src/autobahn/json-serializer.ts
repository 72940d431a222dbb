/* Of the serializers the one that is always there. */
import { json, type Serializer } from '../index.ts';
import type { Any } from './any.ts';

type Visit = (key: string, value: Any) => Any;

/** `Uint8Array` travels as WAMP has it (U+0000 and base64), which Autobahn|JS cannot. */
export class JSONSerializer {
  SERIALIZER_ID = 'json';
  BINARY = false;
  serialize: (obj: Any) => string;
  unserialize: (payload: string) => Any;
  replacer: Visit | undefined;
  reviver: Visit | undefined;

  constructor(replacer?: Visit, reviver?: Visit) {
    this.replacer = replacer;
    this.reviver = reviver;
    const serializer: Serializer = json({ replacer, reviver });
    this.serialize = (obj) => serializer.encode(obj) as string;
    this.unserialize = (payload) => serializer.decode(payload);
  }
}
