// What a test or a demonstration takes for granted: accounts, users, zones.
import { identifier } from '../random.ts'
import type { Partition, World } from '../world.ts'
import { emptyIamState } from './iam-state.ts'
import type { PolicyDocument } from './policy.ts'
import { addHostedZone } from './route53-zones.ts'

export interface AccountOptions {
  /** Twelve digits. Default: one that nobody else has. */
  readonly id?: string
  /** Default: `aws`. */
  readonly partition?: Partition
}

export interface UserOptions {
  readonly account: string
  /** Default: `admin`. */
  readonly name?: string
  /** Identity policies. Default: everything is allowed. */
  readonly policies?: readonly PolicyDocument[]
}

export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

const EVERYTHING: PolicyDocument = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }

export function createAccount(world: World, options: AccountOptions = {}): string {
  const number = 111_111_111_111 * (Object.keys(world.aws.accounts).length + 1)
  const id = options.id ?? String(number)
  if (!/^\d{12}$/.test(id)) throw new TypeError(`Cannot create the account "${id}": an account id has twelve digits`)
  if (world.aws.accounts[id]) throw new TypeError(`Cannot create the account "${id}": it exists`)
  world.aws.accounts[id] = { partition: options.partition ?? 'aws' }
  world.aws.iam[id] = emptyIamState()
  return id
}

/** A public hosted zone, delegated: the sandbox's internet knows it at once. */
export function createHostedZone(
  world: World,
  { account: id, name }: { readonly account: string; readonly name: string },
): string {
  const account = world.aws.accounts[id]
  if (account === undefined) throw new TypeError(`Cannot create a zone in the account "${id}": no such account`)
  const settings = { name: `${name}.`, privateZone: false, callerReference: name, tags: {} }
  return addHostedZone(world, world.nowAt, { account: id, partition: account.partition, settings }).id
}

export function createUser(world: World, options: UserOptions): AwsCredentials {
  const account = world.aws.accounts[options.account]
  if (account === undefined)
    throw new TypeError(`Cannot create a user in the account "${options.account}": no such account`)
  const name = options.name ?? 'admin'
  const accessKeyId = `AKIA${identifier('upper', 16, options.account, name)}`
  const secret = identifier('lower', 40, 'secret', options.account, name)
  world.aws.accessKeys[accessKeyId] = {
    kind: 'user',
    account: options.account,
    secret,
    arn: `arn:${account.partition}:iam::${options.account}:user/${name}`,
    userId: `AIDA${identifier('upper', 17, options.account, name)}`,
    policies: (options.policies ?? [EVERYTHING]).map((policy) => JSON.stringify(policy)),
  }
  return { accessKeyId, secretAccessKey: secret }
}
