import { describe, expect, it } from 'vitest';
import { describePath } from '../../src/protocol/codec.ts';
import { forms } from './forms.ts';

const listOf = (name: string) => forms.find((form) => form.name === name)!.lists;
const call = listOf('CALL').at(-1)!;

describe('the place in a message', () => {
  it.each([
    [[4, 0], 'args[0]'],
    [[4, 0, 'name'], 'args[0].name'],
    [[4, 2, 'rows', 3, 'id'], 'args[2].rows[3].id'],
    [[5, 'colour'], 'kwargs.colour'],
    [[5, 'deep', 'sizes', 1], 'kwargs.deep.sizes[1]'],
    [[4], 'args'],
    [[5], 'kwargs'],
    [[2, 'timeout'], 'options.timeout'],
    [[], 'the message'],
  ])('at %j of a CALL is %s', (path, words) => {
    expect(describePath(call, path)).toBe(words);
  });

  it('is in the details of an EVENT and the payload of a YIELD', () => {
    expect(describePath(listOf('YIELD').at(-1)!, [3, 0])).toBe('args[0]');
    expect(describePath(listOf('YIELD').at(-1)!, [4, 'a'])).toBe('kwargs.a');
    expect(describePath(listOf('EVENT')[1]!, [4, 1])).toBe('args[1]');
  });
});
