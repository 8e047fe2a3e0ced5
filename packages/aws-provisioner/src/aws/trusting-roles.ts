// Which roles of the account trust a provider.
import { ListRolesCommand } from '@aws-sdk/client-iam'
import { parsePolicy } from '@irsa/trust-policy'
import type { AwsClients } from './clients.ts'
import { collect } from './cloudfront-lists.ts'

/** Names of roles whose trust policy names the provider. */
export async function listTrustingRoles(clients: AwsClients, providerArn: string): Promise<readonly string[]> {
  const iam = await clients.iam()
  const roles = await collect('list the roles', async (marker) => {
    const page = await iam.send(new ListRolesCommand({ Marker: marker }))
    return { items: page.Roles ?? [], next: page.IsTruncated === true ? page.Marker : undefined }
  })
  return roles.flatMap(({ RoleName: name, AssumeRolePolicyDocument: document }) =>
    name !== undefined && document !== undefined && names(document, providerArn) ? [name] : [],
  )
}

function names(document: string, providerArn: string): boolean {
  const { Statement: statements } = parsePolicy(document)
  return [statements]
    .flat()
    .some(({ Principal: principal }) =>
      typeof principal === 'object' ? [principal.Federated ?? []].flat().includes(providerArn) : false,
    )
}
