// The text of a kubeconfig file. https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/

export interface KubeconfigEntry {
  readonly cluster: string
  readonly server: string
  readonly caPem: string
  readonly user: string
  readonly token: string
}

/** One context for each entry, named `user@cluster`; the first is the current one. */
export function formatKubeconfig(entries: readonly KubeconfigEntry[]): string {
  const context = ({ user, cluster }: KubeconfigEntry): string => JSON.stringify(`${user}@${cluster}`)
  const lines = [
    'apiVersion: v1',
    'kind: Config',
    'clusters:',
    ...entries.flatMap(({ cluster, server, caPem }) => [
      `- name: ${JSON.stringify(cluster)}`,
      '  cluster:',
      `    server: ${server}`,
      `    certificate-authority-data: ${Buffer.from(caPem).toString('base64')}`,
    ]),
    'users:',
    ...entries.flatMap((entry) => [`- name: ${context(entry)}`, '  user:', `    token: ${entry.token}`]),
    'contexts:',
    ...entries.flatMap((entry) => [
      `- name: ${context(entry)}`,
      '  context:',
      `    cluster: ${JSON.stringify(entry.cluster)}`,
      `    user: ${context(entry)}`,
    ]),
    ...entries.slice(0, 1).map((entry) => `current-context: ${context(entry)}`),
  ]
  return `${lines.join('\n')}\n`
}
