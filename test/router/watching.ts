/* Those who watch a router by `inspect`, in tests. */
import type { Conversation, Router, WatchFilter } from 'autostrada/router';
import { onTestFinished } from 'vitest';

/** The newest state of each conversation, in their order. */
export function watching(router: Router, filter: WatchFilter = {}) {
  const rows = new Map<number, Conversation>();
  const seen = { skipped: 0, states: [] as Conversation[], sizes: [] as number[] };
  const off = router.inspect(filter, (news) => {
    seen.skipped += news.skipped;
    seen.sizes.push(JSON.stringify(news).length);
    for (const each of news.conversations) {
      rows.set(each.row, each);
      seen.states.push(each);
    }
  });
  onTestFinished(off);
  const inOrder = () => [...rows.values()].sort((one, other) => one.row - other.row);
  return { off, seen, rows: inOrder, says: () => inOrder().map(({ kind, says }) => `${kind}: ${says}`) };
}
