import { expect, test } from 'vitest'
import { jsonPatch, mergePatch } from './patch.ts'

// Cases of RFC 7386, appendix A.
test.each([
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [['a', 'b'], ['c'], ['c']],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])('mergePatch(%j, %j) is %j', (target, patch, expected) => {
  expect(mergePatch(target, patch)).toEqual(expected)
})

// Cases of RFC 6902, appendix A.
test.each([
  [{ foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux' }], { foo: 'bar', baz: 'qux' }],
  [{ foo: ['bar', 'baz'] }, [{ op: 'add', path: '/foo/1', value: 'qux' }], { foo: ['bar', 'qux', 'baz'] }],
  [{ foo: ['bar'] }, [{ op: 'add', path: '/foo/-', value: 'x' }], { foo: ['bar', 'x'] }],
  [{ baz: 'qux', foo: 'bar' }, [{ op: 'remove', path: '/baz' }], { foo: 'bar' }],
  [{ foo: ['a', 'b', 'c'] }, [{ op: 'remove', path: '/foo/1' }], { foo: ['a', 'c'] }],
  [{ baz: 'qux' }, [{ op: 'replace', path: '/baz', value: 'boo' }], { baz: 'boo' }],
  [{ a: { b: 1 }, c: {} }, [{ op: 'move', from: '/a/b', path: '/c/d' }], { a: {}, c: { d: 1 } }],
  [{ a: [1] }, [{ op: 'copy', from: '/a/0', path: '/b' }], { a: [1], b: 1 }],
  [{ '/': 9, '~1': 10 }, [{ op: 'test', path: '/~01', value: 10 }], { '/': 9, '~1': 10 }],
  [{ a: 1 }, [{ op: 'replace', path: '', value: { b: 2 } }], { b: 2 }],
])('jsonPatch(%j, %j) is %j', (target, patch, expected) => {
  expect(jsonPatch(target, patch)).toEqual(expected)
})

test.each([
  [[{ op: 'test', path: '/a', value: 2 }]],
  [[{ op: 'remove', path: '/none' }]],
  [[{ op: 'replace', path: '/none', value: 1 }]],
  [[{ op: 'add', path: '/none/deep', value: 1 }]],
  [[{ op: 'add', path: '/list/7', value: 1 }]],
  [[{ op: 'frobnicate', path: '/a' }]],
  [[{ op: 'add', path: 'a', value: 1 }]],
])('jsonPatch() refuses %j with 422 and leaves the target alone', (patch) => {
  const target = { a: 1, list: [] }
  expect(() => jsonPatch(target, patch)).toThrow(expect.objectContaining({ code: 422, reason: 'Invalid' }))
  expect(target).toEqual({ a: 1, list: [] })
})

test('jsonPatch() refuses what is no list of operations', () => {
  expect(() => jsonPatch({}, {})).toThrow(expect.objectContaining({ code: 400 }))
})
