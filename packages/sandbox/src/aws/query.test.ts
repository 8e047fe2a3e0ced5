import { describe, expect, test } from 'vitest'
import { encodeText } from '../http.ts'
import { integerBetween, listMembers, pageOf, parseQuery, requiredText, structureMembers, xmlList } from './query.ts'
import { ServiceError } from './service.ts'

const ENDPOINT = new URL('https://iam.amazonaws.com/')

function parse(body: string, url: URL = ENDPOINT): ReturnType<typeof parseQuery> {
  return parseQuery({ url, body: encodeText(body) })
}

function problem(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof ServiceError) return `${error.code} ${error.status}: ${error.message}`
    throw error
  }
  return 'none'
}

describe('parseQuery()', () => {
  test('reads a form, with its escapes', () => {
    const parameters = parse('Action=CreateRole&Description=a+b%26c&Empty=')
    expect(Object.fromEntries(parameters)).toEqual({ Action: 'CreateRole', Description: 'a b&c', Empty: '' })
  })

  test('reads the query of a GET', () => {
    expect(parse('', new URL('?Action=GetCallerIdentity', ENDPOINT)).get('Action')).toBe('GetCallerIdentity')
  })
})

describe('listMembers()', () => {
  test('gives the members in the order of their numbers', () => {
    const parameters = parse('L.member.10=c&L.member.2=b&L.member.1=a&Other.member.1=x&L.member.x=y&L=')
    expect(listMembers(parameters, 'L')).toEqual(['a', 'b', 'c'])
  })

  test('is empty when the list is absent or empty', () => {
    expect(listMembers(parse('L='), 'L')).toEqual([])
  })
})

test('structureMembers() gives one map for each member', () => {
  const parameters = parse('Tags.member.1.Key=a&Tags.member.2.Key=b&Tags.member.1.Value=1')
  expect(structureMembers(parameters, 'Tags').map((member) => Object.fromEntries(member))).toEqual([
    { Key: 'a', Value: '1' },
    { Key: 'b' },
  ])
})

test('requiredText() says what is missing as AWS does', () => {
  expect(problem(() => requiredText(parse(''), 'RoleName'))).toBe(
    "ValidationError 400: 1 validation error detected: Value null at 'roleName' failed to satisfy constraint: Member must not be null",
  )
})

test.each([
  ['1', '1'],
  ['9', '9'],
  [
    '0',
    "ValidationError 400: 1 validation error detected: Value '0' at 'n' failed to satisfy constraint: Member must have value greater than or equal to 1",
  ],
  [
    '10',
    "ValidationError 400: 1 validation error detected: Value '10' at 'n' failed to satisfy constraint: Member must have value less than or equal to 9",
  ],
  ['1.5', 'MalformedInput 400: N is not a number: 1.5'],
  ['', 'MalformedInput 400: N is not a number: '],
])('integerBetween() of "%s" from 1 to 9 gives or says %s', (text, expected) => {
  const read = (): number | undefined => integerBetween(new Map([['N', text]]), 'N', { least: 1, most: 9 })
  expect(/^[19]$/.test(expected) ? String(read()) : problem(read)).toBe(expected)
})

describe('pageOf()', () => {
  const items = [1, 2, 3, 4, 5]

  test('walks through all pages by the marker', () => {
    const seen: number[][] = []
    let marker: string | undefined
    do {
      const parameters = new Map([['MaxItems', '2'], ...(marker === undefined ? [] : [['Marker', marker] as const])])
      const page = pageOf(parameters, items)
      seen.push([...page.items])
      marker = page.tail['Marker'] as string | undefined
    } while (marker !== undefined)
    expect(seen).toEqual([[1, 2], [3, 4], [5]])
  })

  test('says that nothing is left out when all fits', () => {
    expect(pageOf(new Map(), items)).toEqual({ items, tail: { IsTruncated: 'false' } })
  })

  test('refuses a marker that it did not give', () => {
    expect(problem(() => pageOf(new Map([['Marker', 'word']]), items))).toContain('ValidationError')
  })
})

test('xmlList() of nothing is an empty element', () => {
  expect(xmlList([])).toBe('')
  expect(xmlList(['a'])).toEqual({ member: ['a'] })
})
