import { expect, test } from 'vitest'
import { fieldSelector, labelSelector } from './selectors.ts'
import type { KubernetesObject } from './state.ts'

function labelled(labels: Record<string, string>): KubernetesObject {
  const metadata = { name: 'x', namespace: 'team', labels, uid: '', resourceVersion: '', creationTimestamp: '' }
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata }
}

test.each([
  ['', true],
  ['app=web', true],
  ['app==web,tier!=db', true],
  ['app=api', false],
  ['app!=web', false],
  ['app in (api, web)', true],
  ['app notin (api,web)', false],
  ['tier notin (db)', true],
  ['app', true],
  ['!app', false],
  ['!tier', true],
  ['app in (web),example.com/owner=me', true],
])('labelSelector("%s") on app=web gives %s', (selector, expected) => {
  expect(labelSelector(selector)(labelled({ app: 'web', 'example.com/owner': 'me' }))).toBe(expected)
})

test.each(['a b c', 'app in web', '=x'])('labelSelector() refuses "%s"', (selector) => {
  expect(() => labelSelector(selector)).toThrow('unable to parse requirement')
})

test.each([
  ['metadata.name=x', true],
  ['metadata.name!=x', false],
  ['metadata.namespace=team,metadata.name=x', true],
  ['metadata.namespace=other', false],
])('fieldSelector("%s") gives %s', (selector, expected) => {
  expect(fieldSelector(selector)(labelled({}))).toBe(expected)
})

test('fieldSelector() refuses a field that cannot be selected', () => {
  expect(() => fieldSelector('spec.nodeName=a')).toThrow('field label not supported: spec.nodeName')
})
