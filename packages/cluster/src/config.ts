// The section `cluster` of irsa.yaml.
import * as v from 'valibot'
import type { Distribution } from './api-server-settings.ts'
import { distributions } from './api-server-settings.ts'

/** Where the keys come from that are published. */
export type KeySource =
  /** The API server's `/openid/v1/jwks`. */
  | { readonly from: 'cluster' }
  /** Files with PEM or JWKS, paths below the configuration's folder; `-` is standard input. */
  | { readonly from: 'files'; readonly files: readonly string[] }

export interface ClusterConfig {
  /** Path of the kubeconfig. Default: `KUBECONFIG`, `~/.kube/config`, or inside a pod its service account. */
  readonly kubeconfig?: string
  /** Default: the current context. */
  readonly context?: string
  /** How the control plane is run: chooses the form in which its settings are printed. Default: plain flags. */
  readonly distribution?: Distribution
  /** For instance `1.36` or `1.13`: of the distribution, where forms differ between versions. */
  readonly version?: string
  readonly keys: KeySource
  /** The service account and role that prove that it works; `false`: neither is made, and the state is never `working`. */
  readonly canary: false | CanarySection
}

export interface CanarySection {
  /** Default `kube-system`. */
  readonly namespace: string
  /** Default `irsa-canary`. */
  readonly serviceAccount: string
  /** Default `irsa-canary-<name>`. */
  readonly roleName?: string
  /** Default `/`. */
  readonly rolePath?: string
  /** ARN of a policy. Default none. */
  readonly permissionsBoundary?: string
}

const dnsLabel = v.pipe(
  v.string(),
  v.regex(
    /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/,
    'must be a DNS label: lower-case letters, digits and "-", at most 63',
  ),
)
const dnsSubdomain = v.pipe(
  v.string(),
  v.maxLength(253, 'must have at most 253 characters'),
  v.regex(
    /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/,
    'must be a DNS subdomain: lower-case letters, digits, "-" and "."',
  ),
)
const text = v.pipe(v.string(), v.minLength(1, 'must not be empty'))

export const clusterSchema: v.GenericSchema<unknown, ClusterConfig> = v.strictObject({
  kubeconfig: v.optional(text),
  context: v.optional(text),
  distribution: v.optional(v.picklist(distributions)),
  version: v.optional(v.pipe(v.string(), v.regex(/^\d+\.\d+(?:\.\d+)?$/, 'must be a version in quotes, like "1.36"'))),
  keys: v.optional(
    v.variant('from', [
      v.strictObject({ from: v.literal('cluster') }),
      v.strictObject({
        from: v.literal('files'),
        files: v.pipe(v.array(text), v.minLength(1, 'must name at least one file')),
      }),
    ]),
    () => ({ from: 'cluster' as const }),
  ),
  canary: v.optional(
    v.union([
      v.literal(false),
      v.strictObject({
        namespace: v.optional(dnsLabel, 'kube-system'),
        serviceAccount: v.optional(dnsSubdomain, 'irsa-canary'),
        roleName: v.optional(
          v.pipe(
            v.string(),
            v.regex(/^[\w+=,.@-]{1,64}$/, 'must be the name of an IAM role: at most 64 letters, digits and _+=,.@-'),
          ),
        ),
        rolePath: v.optional(
          v.pipe(
            v.string(),
            v.regex(/^\/(?:[\x21-\x2e\x30-\x7e]+\/)*$/, 'must be an IAM path: it begins and ends with a slash'),
          ),
        ),
        permissionsBoundary: v.optional(
          v.pipe(
            v.string(),
            v.regex(
              /^arn:aws(?:-cn|-us-gov|-eusc)?:iam::(?:\d{12}|aws):policy\/.+$/,
              'must be the ARN of an IAM policy',
            ),
          ),
        ),
      }),
    ]),
    () => ({ namespace: 'kube-system', serviceAccount: 'irsa-canary' }),
  ),
})
