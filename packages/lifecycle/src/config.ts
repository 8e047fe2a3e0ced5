// irsa.yaml: its sections are the packages' own configurations; what spans several
// of them is checked here.
import { awsSchema, hostSchema, issuerSchema, MAX_NAME_LENGTH } from '@irsa/aws-provisioner'
import type { AwsConfig, HostConfig, IssuerConfig, Settings } from '@irsa/aws-provisioner'
import type { ClusterConfig } from '@irsa/cluster'
import { clusterSchema } from '@irsa/cluster/config'
import { OidcDocsError, parseIssuerUrl } from '@irsa/oidc-docs'
import * as v from 'valibot'
import { findingsOf } from './config-findings.ts'
import type { Finding } from './finding.ts'

export const CONFIG_FORMAT_VERSION = 1

export type Config = IssuerFile | HostFile

interface Common {
  readonly version: typeof CONFIG_FORMAT_VERSION
  /** Name of the cluster, or of the host: part of the names of all that is made. */
  readonly name: string
  readonly aws: AwsConfig
}

/** The issuer of one cluster. */
export interface IssuerFile extends Common {
  readonly issuer: IssuerConfig
  readonly cluster: ClusterConfig
  readonly host?: never
}

/** A host that the issuers of several clusters share. */
export interface HostFile extends Common {
  readonly host: HostConfig
  readonly issuer?: never
  readonly cluster?: never
}

const common = {
  version: v.literal(CONFIG_FORMAT_VERSION, `must be ${CONFIG_FORMAT_VERSION}, the version of the format`),
  name: v.pipe(
    v.string(),
    v.maxLength(MAX_NAME_LENGTH, `must have at most ${MAX_NAME_LENGTH} characters: it is part of a bucket's name`),
    v.regex(
      /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/,
      'must have lower-case letters, digits and "-" only, and begin and end with a letter or digit',
    ),
  ),
  aws: awsSchema,
}

const issuerFile = v.strictObject({
  ...common,
  issuer: issuerSchema,
  cluster: v.optional(clusterSchema, () => ({})),
})
const hostFile = v.strictObject({ ...common, host: hostSchema })

/** The schemas of both kinds of files, for making a JSON Schema of them. */
export const configSchemas: { readonly issuer: v.GenericSchema; readonly host: v.GenericSchema } = {
  issuer: issuerFile,
  host: hostFile,
}

export type Checked =
  | { readonly config: Config; readonly findings: readonly Finding[] }
  | { readonly config?: never; readonly findings: readonly Finding[] }

/** Reports every problem at once. Findings of severity `error` mean that there is no configuration. */
export function checkConfig(input: unknown): Checked {
  const isHost = typeof input === 'object' && input !== null && 'host' in input
  if (isHost && 'issuer' in input) {
    return {
      findings: [
        {
          code: 'config-invalid',
          severity: 'error',
          path: '/host',
          message: 'a file describes either an issuer or a host that several issuers share, not both',
          fix: 'Put the section host into a file of its own, with its own name.',
        },
      ],
    }
  }
  const schema = isHost ? hostFile : issuerFile
  const result = v.safeParse(schema, input)
  if (!result.success) return { findings: findingsOf(schema, input, result.issues) }
  const config = result.output as Config
  const findings = checkIssuerUrl(config)
  return findings.some(({ severity }) => severity === 'error') ? { findings } : { config, findings }
}

/** The issuer URL as far as the configuration tells it. */
function checkIssuerUrl({ issuer }: Config): readonly Finding[] {
  if (issuer === undefined) return []
  const url =
    issuer.hosting === 'domain' || issuer.hosting === 'shared'
      ? `https://${issuer.domain}${issuer.path ?? ''}`
      : undefined
  if (url === undefined) return []
  try {
    parseIssuerUrl(url)
    return []
  } catch (error) {
    if (!(error instanceof OidcDocsError)) throw error
    return error.problems.map(({ code, message, fix }) => ({
      code,
      severity: 'error',
      path: '/issuer/domain',
      message,
      ...(fix === undefined ? {} : { fix }),
    }))
  }
}

export function settingsOf(config: Config): Settings {
  if (config.host !== undefined) return { name: config.name, aws: config.aws, host: config.host }
  const { canary } = config.cluster
  return { name: config.name, aws: config.aws, issuer: config.issuer, ...(canary === false ? {} : { canary }) }
}
