import { expect, test } from 'vitest'
import { cacheSeconds } from './sts-issuer.ts'

test.each<readonly [Readonly<Record<string, string>>, number]>([
  [{}, 0],
  [{ 'cache-control': 'max-age=300' }, 300],
  [{ 'Cache-Control': 'Public, Max-Age=300' }, 300],
  [{ 'cache-control': 'public,max-age="60"' }, 60],
  [{ 'cache-control': 'max-age=0' }, 0],
  [{ 'cache-control': 'no-cache, max-age=300' }, 0],
  [{ 'cache-control': 'max-age=300, no-store' }, 0],
  [{ 'cache-control': 'no-cache="set-cookie", max-age=300' }, 0],
  [{ 'cache-control': 's-maxage=300' }, 0],
  [{ 'cache-control': 'max-age=word' }, 0],
  [{ 'cache-control': 'max-age=300', pragma: 'no-cache' }, 0],
])('cacheSeconds() of %j is %i', (headers, seconds) => {
  expect(cacheSeconds(headers)).toBe(seconds)
})
