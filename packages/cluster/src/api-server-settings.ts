/**
 * What a control plane has to be told so that its tokens name the published issuer:
 * to the letter, for each distribution. Pure.
 *
 * The old issuer stays second, so that tokens that pods hold already go on working
 * (kube-apiserver ≥ 1.22), and the audiences are named, because their default
 * follows the issuers.
 *
 * @module
 */
import { stringify } from 'yaml'

export const distributions: readonly ['flags', 'k3s', 'kubeadm', 'rke2', 'talos'] = [
  'flags',
  'k3s',
  'kubeadm',
  'rke2',
  'talos',
]

/** `flags`: kube-apiserver's own, for whoever starts it by other means. */
export type Distribution = (typeof distributions)[number]

export interface ApiServerSettingsInput {
  readonly distribution: Distribution
  /** Version of the distribution (`1.13` of Talos) or of Kubernetes, `major.minor[.patch]`. Default: the newest form. */
  readonly version?: string
  /** What tokens shall name. */
  readonly issuerUrl: string
  readonly jwksUri: string
  /** What tokens name now, the signing one first; they stay accepted. */
  readonly currentIssuers: readonly string[]
  /** The API server's own audiences as they are now. Never AWS's: then every pod's token would open AWS, and every AWS token the API. */
  readonly apiAudiences: readonly string[]
}

export interface SettingsFile {
  /** Where it is on each control-plane node, or what it is handed to. */
  readonly path: string
  readonly language: 'yaml' | 'text'
  /** What has to be in it; what else is in it stays. */
  readonly content: string
}

export interface ApiServerSettings {
  /** kube-apiserver's flags, in order: a repeated name is repeated. */
  readonly flags: readonly { readonly name: string; readonly value: string }[]
  readonly files: readonly SettingsFile[]
  /** What a person does, in order. */
  readonly steps: readonly string[]
  /** What cannot be done there, and what follows from it. */
  readonly limits: readonly string[]
}

/** @throws {TypeError} when an audience of AWS is among the API server's. */
export function apiServerSettings(input: ApiServerSettingsInput): ApiServerSettings {
  const aws = input.apiAudiences.find((audience) => /^sts\.amazonaws\.com(\.cn)?$/.test(audience))
  if (aws !== undefined) {
    throw new TypeError(`Cannot use "${aws}" as an audience of the API server: every token for it would open AWS, too`)
  }
  const flags = apiServerFlags(input)
  switch (input.distribution) {
    case 'flags':
      return {
        flags,
        files: [{ path: 'kube-apiserver', language: 'text', content: flagLines(flags) }],
        steps: [
          'Give these flags to every kube-apiserver, in place of those of the same names.',
          'Restart them one after another.',
        ],
        limits: [],
      }
    case 'kubeadm':
      return kubeadm(input, flags)
    case 'k3s':
      return rancher('k3s', 'k3s', flags)
    case 'rke2':
      return rancher('rke2', 'rke2-server', flags)
    case 'talos':
      return talos(input, flags)
  }
}

type Flags = ApiServerSettings['flags']

function apiServerFlags(input: ApiServerSettingsInput): Flags {
  const issuers = [input.issuerUrl, ...input.currentIssuers.filter((issuer) => issuer !== input.issuerUrl)]
  return [
    ...issuers.map((value) => ({ name: 'service-account-issuer', value })),
    { name: 'service-account-jwks-uri', value: input.jwksUri },
    { name: 'api-audiences', value: input.apiAudiences.join(',') },
  ]
}

function flagLines(flags: Flags): string {
  return flags.map(({ name, value }) => `--${name}=${value}\n`).join('')
}

/** https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/: names may be repeated, and each replaces kubeadm's default. */
function kubeadm(input: ApiServerSettingsInput, flags: Flags): ApiServerSettings {
  const manifest: SettingsFile = {
    path: '/etc/kubernetes/manifests/kube-apiserver.yaml',
    language: 'yaml',
    content: stringify({
      spec: { containers: [{ name: 'kube-apiserver', command: flags.map(({ name, value }) => `--${name}=${value}`) }] },
    }),
  }
  const steps = [
    'On each control-plane node in turn: in /etc/kubernetes/manifests/kube-apiserver.yaml replace the flags of the same names by these; the kubelet restarts the API server. Wait until it is ready before the next node.',
  ]
  if (input.version !== undefined && isBefore(input.version, 1, 31)) {
    return {
      flags,
      files: [manifest],
      steps: [...steps, 'Keep the same flags in a kubeadm patch (--patches), or the next upgrade takes them back.'],
      limits: [
        'kubeadm before 1.31 (v1beta3) cannot name a flag twice in its configuration: two issuers stand only in the manifest and in patches.',
      ],
    }
  }
  return {
    flags,
    files: [
      manifest,
      {
        path: 'ConfigMap kube-system/kubeadm-config, key ClusterConfiguration',
        language: 'yaml',
        content: stringify({
          apiVersion: 'kubeadm.k8s.io/v1beta4',
          kind: 'ClusterConfiguration',
          apiServer: { extraArgs: flags },
        }),
      },
    ],
    steps: [...steps, 'Put the same into the ConfigMap kube-system/kubeadm-config, or the next upgrade takes it back.'],
    limits: [],
  }
}

/** https://docs.k3s.io/cli/server and https://docs.rke2.io/reference/server_config: the first mention replaces the default, the order is kept. */
function rancher(name: 'k3s' | 'rke2', unit: string, flags: Flags): ApiServerSettings {
  const path = `/etc/rancher/${name}/config.yaml`
  return {
    flags,
    files: [
      {
        path,
        language: 'yaml',
        content: stringify({ 'kube-apiserver-arg': flags.map((flag) => `${flag.name}=${flag.value}`) }),
      },
    ],
    steps: [
      `On each server node: put this into ${path}; other arguments in the list stay.`,
      `Restart them one after another: systemctl restart ${unit}`,
    ],
    limits: [],
  }
}

/** https://www.talos.dev/latest/reference/configuration/: one value per argument up to 1.12, lists in 1.13, a document of its own from 1.14. */
function talos(input: ApiServerSettingsInput, flags: Flags): ApiServerSettings {
  const steps = [
    'On each control-plane node in turn: talosctl --nodes <node> patch machineconfig --patch @irsa-patch.yaml',
  ]
  const file = (content: unknown): SettingsFile => ({
    path: 'irsa-patch.yaml',
    language: 'yaml',
    content: stringify(content),
  })
  const [signing, ...accepted] = flags.filter(({ name }) => name === 'service-account-issuer').map(({ value }) => value)
  const jwksUri = { 'service-account-jwks-uri': input.jwksUri }
  const audiences = { 'api-audiences': input.apiAudiences.join(',') }
  if (input.version === undefined || !isBefore(input.version, 1, 14)) {
    return {
      flags,
      files: [
        {
          ...file({}),
          content: [
            stringify({
              apiVersion: 'v1alpha1',
              kind: 'KubeServiceAccountConfig',
              issuer: { issuerURL: signing },
              accepted: { issuers: accepted, audiences: input.apiAudiences },
            }),
            stringify({ cluster: { apiServer: { extraArgs: jwksUri } } }),
          ].join('---\n'),
        },
      ],
      steps,
      limits: [
        'The document KubeServiceAccountConfig cannot stand beside cluster.serviceAccount: move the key over first, as the upgrade notes of Talos 1.14 say.',
      ],
    }
  }
  if (!isBefore(input.version, 1, 13)) {
    return {
      flags,
      files: [
        file({
          cluster: {
            apiServer: { extraArgs: { 'service-account-issuer': [signing, ...accepted], ...jwksUri, ...audiences } },
          },
        }),
      ],
      steps,
      limits: [],
    }
  }
  return {
    flags: flags.filter(({ name, value }) => name !== 'service-account-issuer' || value === signing),
    files: [
      file({ cluster: { apiServer: { extraArgs: { 'service-account-issuer': signing, ...jwksUri, ...audiences } } } }),
    ],
    steps,
    limits: [
      `Talos before 1.13 knows one issuer only: tokens that pods hold already (they name ${accepted.join(', ')}) are refused by the API server from the restart until the pods have new ones. Upgrade to 1.13 first to avoid that, or restart all pods right after.`,
    ],
  }
}

function isBefore(version: string, major: number, minor: number): boolean {
  const [actualMajor = 0, actualMinor = 0] = version.split('.').map(Number)
  return actualMajor < major || (actualMajor === major && actualMinor < minor)
}
