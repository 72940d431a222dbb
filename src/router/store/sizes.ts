/* The approximate size of a kept event in memory. */
import { sizeOf } from '../limits/payload-size.ts';
import type { Audience, StoredEvent } from './store.ts';

/** The overhead beside the values: the objects that hold them, and their places in lists and maps. */
const ENTRY_BYTES = 400;
/** The approximate size of an entry of a `Set`, and of a large number in it. */
const LISTED_BYTES = 48;

export function sizeOfStored({ topic, details, payload, audience }: StoredEvent): number {
  const bytes = (payload?.args?.length ?? 0) + (payload?.kwargs?.length ?? 0);
  return ENTRY_BYTES + sizeOf(topic, details) + bytes + (audience ? sizeOfAudience(audience) : 0);
}

function sizeOfAudience(audience: Audience): number {
  let bytes = 100;
  for (const list of Object.values<readonly unknown[] | undefined>({ ...audience })) {
    bytes += 200 + LISTED_BYTES * (list?.length ?? 0);
    for (const entry of list ?? []) if (typeof entry === 'string') bytes += 2 * entry.length;
  }
  return bytes;
}
