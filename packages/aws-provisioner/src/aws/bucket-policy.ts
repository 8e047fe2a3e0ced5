// The bucket's policy: who may read the documents, and how they may be written.
import { DeleteBucketPolicyCommand, GetBucketPolicyCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3'
import type { Value } from '@irsa/reconcile'
import { isAwsError, ProvisionerError } from '../error.ts'
import { normalisePolicies } from '../kinds.ts'
import type { KindOperations } from '../operations.ts'
import { absent } from '../operations.ts'
import { readLocation } from './bucket.ts'

export const bucketPolicy: KindOperations = {
  async observe(context, resource) {
    const { clients, facts } = context
    const s3 = await clients.s3()
    const name = String(resource.attributes['bucket'])
    try {
      const reply = await s3.send(new GetBucketPolicyCommand({ Bucket: name, ExpectedBucketOwner: facts.account }))
      const policy = JSON.parse(reply.Policy ?? '{}') as Value
      return {
        id: resource.id,
        state: 'present',
        attributes: normalisePolicies({ bucket: name, policy }),
        outputs: { name },
        // It is the bucket's owner who decides; a policy has no mark of its own.
        ownership: 'ours',
      }
    } catch (error) {
      if (isAwsError(error, 'NoSuchBucketPolicy', 'NoSuchBucket')) return absent(resource)
      // Somebody else's bucket: there the bucket itself is refused.
      const bucket = await readLocation(context, { ...resource, attributes: { name } })
      if (typeof bucket === 'string') throw error
      return absent(resource)
    }
  },

  async ensure({ clients, facts }, { attributes }) {
    const s3 = await clients.s3()
    const name = String(attributes['bucket'])
    try {
      await s3.send(
        new PutBucketPolicyCommand({
          Bucket: name,
          Policy: JSON.stringify(attributes['policy']),
          ExpectedBucketOwner: facts.account,
        }),
      )
    } catch (error) {
      if (!isAwsError(error, 'AccessDenied')) throw error
      throw new ProvisionerError(
        'access-denied',
        `Cannot put the policy of the bucket "${name}": ${(error as Error).message}`,
        {
          hint: 'The caller needs s3:PutBucketPolicy. For hosting "s3", Block Public Access must be off in the account as well, or use hosting "cloudfront".',
          cause: error,
        },
      )
    }
    return { name }
  },

  async remove({ clients, facts }, { observed }) {
    const s3 = await clients.s3()
    try {
      await s3.send(
        new DeleteBucketPolicyCommand({ Bucket: observed.outputs['name'] ?? '', ExpectedBucketOwner: facts.account }),
      )
    } catch (error) {
      if (!isAwsError(error, 'NoSuchBucket', 'NoSuchBucketPolicy')) throw error
    }
    return undefined
  },
}
