// Tells CloudFront's edges to forget what they keep of the documents.
import { createHash } from 'node:crypto'
import { CreateInvalidationCommand } from '@aws-sdk/client-cloudfront'
import type { AwsContext } from '../context.ts'

/** The reference depends on the content alone: a run that is taken up again asks for the same invalidation, not for another. */
export async function invalidate(context: AwsContext, keys: readonly string[], content: string): Promise<void> {
  const client = await context.clients.cloudfront()
  const reference = createHash('sha256')
    .update([...keys, content].join('\n'))
    .digest('hex')
    .slice(0, 32)
  await client.send(
    new CreateInvalidationCommand({
      DistributionId: context.facts.distribution?.id ?? '',
      InvalidationBatch: {
        CallerReference: `irsa ${reference}`,
        Paths: { Quantity: keys.length, Items: keys.map((key) => `/${key}`) },
      },
    }),
  )
}
