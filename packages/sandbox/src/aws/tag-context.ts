// Tags as condition keys.
import type { ConditionContext } from './policy.ts'

/** `aws:RequestTag/…` and `aws:TagKeys`, which is absent when no tag is sent. */
export function requestTagContext(tags: Readonly<Record<string, string>>): ConditionContext {
  const keys = Object.keys(tags)
  return { ...prefixed('aws:RequestTag/', tags), ...(keys.length === 0 ? {} : { 'aws:TagKeys': keys }) }
}

export function resourceTagContext(tags: Readonly<Record<string, string>>): ConditionContext {
  return prefixed('aws:ResourceTag/', tags)
}

function prefixed(prefix: string, tags: Readonly<Record<string, string>>): ConditionContext {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${prefix}${key}`, value]))
}
