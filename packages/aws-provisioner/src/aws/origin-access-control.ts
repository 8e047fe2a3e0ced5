// The origin access control: how CloudFront signs what it reads from the bucket.
// It cannot carry tags; its exact name is its mark.
import {
  CreateOriginAccessControlCommand,
  DeleteOriginAccessControlCommand,
  GetOriginAccessControlCommand,
  UpdateOriginAccessControlCommand,
} from '@aws-sdk/client-cloudfront'
import type { Attributes } from '@irsa/reconcile'
import { isAwsError } from '../error.ts'
import type { KindOperations } from '../operations.ts'
import { absent } from '../operations.ts'
import { listAccessControls } from './cloudfront-lists.ts'

export const originAccessControl: KindOperations = {
  async observe({ clients, facts }, resource) {
    const id = facts.accessControl?.id
    if (id === undefined) return absent(resource)
    const client = await clients.cloudfront()
    try {
      const { OriginAccessControl: found } = await client.send(new GetOriginAccessControlCommand({ Id: id }))
      const config = found?.OriginAccessControlConfig
      return {
        id: resource.id,
        state: 'present',
        attributes: {
          name: config?.Name ?? '',
          description: config?.Description ?? '',
          originType: config?.OriginAccessControlOriginType ?? '',
          signingBehavior: config?.SigningBehavior ?? '',
          signingProtocol: config?.SigningProtocol ?? '',
        },
        outputs: { id, name: config?.Name ?? '' },
        ownership: 'ours',
      }
    } catch (error) {
      if (isAwsError(error, 'NoSuchOriginAccessControl')) return absent(resource)
      throw error
    }
  },

  async ensure({ clients }, { attributes, observed }) {
    const client = await clients.cloudfront()
    const name = String(attributes['name'])
    const config = toConfig(attributes)
    const { id } = observed.outputs
    if (id === undefined) {
      try {
        const reply = await client.send(new CreateOriginAccessControlCommand({ OriginAccessControlConfig: config }))
        return { id: reply.OriginAccessControl?.Id ?? '', name }
      } catch (error) {
        if (!isAwsError(error, 'OriginAccessControlAlreadyExists')) throw error
        const found = (await listAccessControls(clients)).find((one) => one.name === name)
        if (found === undefined) throw error
        return { id: found.id, name }
      }
    }
    const { ETag: etag } = await client.send(new GetOriginAccessControlCommand({ Id: id }))
    await client.send(
      new UpdateOriginAccessControlCommand({ Id: id, IfMatch: etag, OriginAccessControlConfig: config }),
    )
    return { id, name }
  },

  async remove({ clients }, { observed }) {
    const client = await clients.cloudfront()
    const Id = observed.outputs['id'] ?? ''
    try {
      const { ETag: etag } = await client.send(new GetOriginAccessControlCommand({ Id }))
      await client.send(new DeleteOriginAccessControlCommand({ Id, IfMatch: etag }))
    } catch (error) {
      if (!isAwsError(error, 'NoSuchOriginAccessControl')) throw error
    }
    return undefined
  },
}

function toConfig(attributes: Attributes) {
  return {
    Name: String(attributes['name']),
    Description: String(attributes['description']),
    OriginAccessControlOriginType: attributes['originType'] as 's3',
    SigningBehavior: attributes['signingBehavior'] as 'always',
    SigningProtocol: attributes['signingProtocol'] as 'sigv4',
  }
}
