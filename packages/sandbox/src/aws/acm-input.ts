// Reading the members of ACM's requests, with its errors for what does not fit.
import { ServiceError } from './service.ts'

type Input = Readonly<Record<string, unknown>>

export function validationError(value: unknown, member: string, constraint: string): ServiceError {
  const shown = value === undefined ? 'null' : typeof value === 'string' ? `'${value}'` : JSON.stringify(value)
  return new ServiceError(
    'ValidationException',
    400,
    `1 validation error detected: Value ${shown} at '${member}' failed to satisfy constraint: ${constraint}`,
  )
}

export function textOf(input: Input, member: string): string {
  const value = input[member]
  if (typeof value !== 'string') throw validationError(undefined, lowerFirst(member), 'Member must not be null')
  return value
}

/** A text that fits the pattern, or `undefined` when the member is absent. */
export function optionalText(input: Input, member: string, pattern: RegExp): string | undefined {
  const value = input[member]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string' || !pattern.test(value)) {
    throw validationError(
      value,
      lowerFirst(member),
      `Member must satisfy regular expression pattern: ${pattern.source}`,
    )
  }
  return value
}

export function textsOf(input: Input, member: string): string[] | undefined {
  const value = input[member]
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) {
    throw validationError(value, lowerFirst(member), 'Member must be a list of texts')
  }
  return value
}

function lowerFirst(name: string): string {
  return `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`
}
