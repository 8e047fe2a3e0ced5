/**
 * Plan, judge and apply changes to resources of any kind. The engine knows none:
 * kinds are rows in a table, and whoever knows them observes and executes.
 *
 * @module
 */
export { applyPlan } from './apply.ts'
export type { ActionOutcome, ApplyEvent, ApplyInput, ApplyReport, Execute, Step, StepResult } from './apply.ts'
export { canonicalJson, diffAttributes, equal } from './diff.ts'
export type { Change } from './diff.ts'
export type { Driver, Observation } from './driver.ts'
export { combineDrivers } from './driver.ts'
export { createKinds } from './kind.ts'
export type { Dependency, Kind, Kinds } from './kind.ts'
export { applyPlanned, planParts } from './part.ts'
export type { ApplyPlannedOptions, Part, Planned } from './part.ts'
export { createPlan } from './plan.ts'
export type { Action, Plan, PlanInput, Unknown, Verb } from './plan.ts'
export { isRef, ref, references, resolve, resolveAttributes } from './resource.ts'
export type { Attributes, Observed, Outputs, Ownership, Ref, Resource, ResourceId, Value } from './resource.ts'
export type { Consent, Refusal } from './safety.ts'
