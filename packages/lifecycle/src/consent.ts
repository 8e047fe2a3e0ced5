// What a person agrees to, by name, on the command line or in a workflow; never in
// the configuration, which a pull request may change.
import type { ProvisionerConsent } from '@irsa/aws-provisioner'
import type { ResourceId } from '@irsa/reconcile'
import type { CommandInput, InputValues } from './command.ts'
import { flagInput, listInput } from './command.ts'

export const consentInputs: readonly CommandInput[] = [
  { name: 'adopt', type: 'list', description: 'take over what exists already: the id that the plan shows, or "all"' },
  { name: 'accept-key', type: 'list', description: 'keep a published key that nobody claims, by kid' },
  { name: 'many-keys', type: 'flag', description: 'publish more keys than a cluster usually has' },
  {
    name: 'new-issuer',
    type: 'flag',
    description: 'let the issuer URL change: every role that names the old one stops working',
  },
]

export const removalInputs: readonly CommandInput[] = [
  { name: 'confirm', type: 'text', description: 'the name of what is destroyed' },
  { name: 'abandon-role', type: 'list', description: 'leave a role behind that still trusts the issuer, by name' },
  { name: 'release-name', type: 'flag', description: 'delete even a bucket whose name anybody could then take' },
]

export function consentOf(inputs: InputValues): ProvisionerConsent {
  const adopt = listInput(inputs, 'adopt')
  return {
    adopt: adopt.includes('all') ? 'all' : (adopt as readonly ResourceId[]),
    acceptKeys: listInput(inputs, 'accept-key'),
    manyKeys: flagInput(inputs, 'many-keys'),
    newIssuer: flagInput(inputs, 'new-issuer'),
    abandonRoles: listInput(inputs, 'abandon-role'),
    releaseName: flagInput(inputs, 'release-name'),
  }
}
