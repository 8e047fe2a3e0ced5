// A cache policy of our own, made only when TTLs are set explicitly. Its exact name is its mark.
import type { CachePolicyConfig } from '@aws-sdk/client-cloudfront'
import {
  CreateCachePolicyCommand,
  DeleteCachePolicyCommand,
  GetCachePolicyCommand,
  UpdateCachePolicyCommand,
} from '@aws-sdk/client-cloudfront'
import type { Attributes } from '@irsa/reconcile'
import { isAwsError } from '../error.ts'
import type { KindOperations } from '../operations.ts'
import { absent } from '../operations.ts'
import { listCachePolicies } from './cloudfront-lists.ts'

export const cachePolicy: KindOperations = {
  async observe({ clients, facts }, resource) {
    const id = facts.cachePolicy?.id
    if (id === undefined) return absent(resource)
    const client = await clients.cloudfront()
    try {
      const { CachePolicy: found } = await client.send(new GetCachePolicyCommand({ Id: id }))
      const config = found?.CachePolicyConfig
      return {
        id: resource.id,
        state: 'present',
        attributes: fromConfig(config),
        outputs: { id, name: config?.Name ?? '' },
        ownership: 'ours',
      }
    } catch (error) {
      if (isAwsError(error, 'NoSuchCachePolicy')) return absent(resource)
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
        const reply = await client.send(new CreateCachePolicyCommand({ CachePolicyConfig: config }))
        return { id: reply.CachePolicy?.Id ?? '', name }
      } catch (error) {
        if (!isAwsError(error, 'CachePolicyAlreadyExists')) throw error
        const found = (await listCachePolicies(clients)).find((one) => one.name === name)
        if (found === undefined) throw error
        return { id: found.id, name }
      }
    }
    const { ETag: etag } = await client.send(new GetCachePolicyCommand({ Id: id }))
    await client.send(new UpdateCachePolicyCommand({ Id: id, IfMatch: etag, CachePolicyConfig: config }))
    return { id, name }
  },

  async remove({ clients }, { observed }) {
    const client = await clients.cloudfront()
    const Id = observed.outputs['id'] ?? ''
    try {
      const { ETag: etag } = await client.send(new GetCachePolicyCommand({ Id }))
      await client.send(new DeleteCachePolicyCommand({ Id, IfMatch: etag }))
    } catch (error) {
      if (!isAwsError(error, 'NoSuchCachePolicy')) throw error
    }
    return undefined
  },
}

/** Nothing but the path tells documents apart: no header, cookie or query goes into the key. */
function toConfig(attributes: Attributes): CachePolicyConfig {
  const key = attributes['key'] as Attributes
  return {
    Name: String(attributes['name']),
    Comment: String(attributes['comment']),
    MinTTL: Number(attributes['minSeconds']),
    DefaultTTL: Number(attributes['defaultSeconds']),
    MaxTTL: Number(attributes['maxSeconds']),
    ParametersInCacheKeyAndForwardedToOrigin: {
      EnableAcceptEncodingGzip: key['gzip'] === true,
      EnableAcceptEncodingBrotli: key['brotli'] === true,
      HeadersConfig: { HeaderBehavior: key['headers'] as 'none' },
      CookiesConfig: { CookieBehavior: key['cookies'] as 'none' },
      QueryStringsConfig: { QueryStringBehavior: key['queryStrings'] as 'none' },
    },
  }
}

function fromConfig(config: CachePolicyConfig | undefined): Attributes {
  const key = config?.ParametersInCacheKeyAndForwardedToOrigin
  return {
    name: config?.Name ?? '',
    comment: config?.Comment ?? '',
    minSeconds: config?.MinTTL ?? 0,
    defaultSeconds: config?.DefaultTTL ?? 0,
    maxSeconds: config?.MaxTTL ?? 0,
    key: {
      gzip: key?.EnableAcceptEncodingGzip ?? false,
      brotli: key?.EnableAcceptEncodingBrotli ?? false,
      headers: key?.HeadersConfig?.HeaderBehavior ?? 'none',
      cookies: key?.CookiesConfig?.CookieBehavior ?? 'none',
      queryStrings: key?.QueryStringsConfig?.QueryStringBehavior ?? 'none',
    },
  }
}
