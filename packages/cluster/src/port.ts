// How this package reaches an API server: one function. Everything else is written
// against it; adapters make it from a kubeconfig, from inside a cluster, or for a test.

export interface ClusterRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With the query: `/api/v1/namespaces/default/serviceaccounts?limit=1`. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface ClusterResponse {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Resolves for every answer, whatever its status; rejects when there is none. */
export type ClusterPort = (request: ClusterRequest) => Promise<ClusterResponse>
