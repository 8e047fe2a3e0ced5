// What a kind of resource can be asked to do. One file per kind below `aws/`
// implements it; `driver.ts` finds it.
import type { Observed, Resource, Step } from '@irsa/reconcile'
import type { AwsContext } from './context.ts'

/** Outputs that became known. */
export type StepOutputs = Readonly<Record<string, string>> | undefined

export interface KindOperations {
  /** Looks; writes nothing. What is not there is `absent`, never an error. */
  observe(context: AwsContext, resource: Resource): Promise<Observed>
  /** Makes the attributes as the step says, whatever its verb: creating what exists, or changing what is so already, is no error. */
  ensure?(context: AwsContext, step: Step): Promise<StepOutputs>
  /** Waits until dependents may rely on it. */
  await?(context: AwsContext, step: Step): Promise<StepOutputs>
  /** Deleting what is not there is no error. */
  remove?(context: AwsContext, step: Step): Promise<StepOutputs>
}

export function absent(resource: Resource): Observed {
  return { id: resource.id, state: 'absent', attributes: {}, outputs: {}, ownership: 'ours' }
}

/** What a step is about, as a resource to look at again. */
export function resourceOf({ action, attributes }: Step): Resource {
  return { id: action.resource, kind: action.kind, attributes, presence: 'present' }
}
