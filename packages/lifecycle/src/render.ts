// Results in words. Plain text without colours: whoever prints may add them by the
// first character of a line.
import type { Action, ActionOutcome, Change, Plan, Refusal, Value } from '@irsa/reconcile'
import { isRef } from '@irsa/reconcile'
import type { BootstrapResult } from './commands/bootstrap.ts'
import type { DestroyResult } from './commands/destroy.ts'
import type { PlanResult } from './commands/plan.ts'
import type { ControlPlane } from './control-plane.ts'
import type { Finding } from './finding.ts'
import type { Outputs } from './outputs.ts'
import { printable, printableLine } from './printable.ts'

const SIGNS: Readonly<Record<string, string>> = {
  create: '+',
  adopt: '~',
  update: '~',
  restore: '+',
  delete: '-',
  await: '…',
}
const LONGEST_VALUE = 100

export function renderPlan(result: Pick<PlanResult, 'plan' | 'facts' | 'controlPlane' | 'outputs'>): string {
  const { plan, facts } = result
  return paragraphs([
    `Account ${facts.account} (${facts.partition}), region ${facts.region}, as ${facts.caller}`,
    renderActions(plan),
    renderRefusals(plan.refusals),
    ...(result.controlPlane === undefined ? [] : [renderControlPlane(result.controlPlane)]),
    ...(result.outputs === undefined ? [] : [renderOutputs(result.outputs)]),
  ])
}

export function renderActions(plan: Plan): string {
  if (plan.actions.length === 0 && plan.unknowns.length === 0) return 'Nothing to do: everything is as it should be.'
  return [
    ...plan.actions.flatMap(renderAction),
    ...plan.unknowns.map(({ name, from, blocks }) => `  ? once ${from} gives the ${words(name)}: ${blocks.join(', ')}`),
    ...plan.kept.map(({ resource, because }) => `  = ${resource} stays: ${because}`),
  ].join('\n')
}

function renderAction(action: Action): readonly string[] {
  const sign = SIGNS[action.verb] ?? '+'
  const title = `  ${sign} ${action.verb} ${printableLine(action.resource)}`
  const isDetailed = action.verb === 'update' || action.verb === 'adopt'
  const members = action.changes.filter(({ path }) => path.startsWith('/members/'))
  return [
    title,
    ...(isDetailed
      ? action.changes.map((change) => `      ${renderChange(change)}`)
      : members.map(({ path }) => `      ${printableLine(path.slice('/members/'.length))}`)),
  ]
}

function renderChange({ path, before, after }: Change): string {
  if (after === undefined) return `${printableLine(path)}: ${renderValue(before)} goes`
  return `${printableLine(path)}: ${before === undefined ? 'nothing' : renderValue(before)} → ${renderValue(after)}`
}

function renderValue(value: Value | undefined): string {
  if (isRef(value)) return `(the ${value.output} of ${value.$ref})`
  const text = printableLine(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing'))
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text
}

export function renderRefusals(refusals: readonly Refusal[]): string {
  return refusals
    .map(({ code, message, fix }) => `  ! ${printableLine(message)} [${code}]\n    ${printableLine(fix)}`)
    .join('\n')
}

export function renderFailures(outcomes: readonly ActionOutcome[]): string {
  return outcomes
    .flatMap((outcome) => {
      if (!('error' in outcome)) return []
      const { hint } = outcome.error as { readonly hint?: string }
      const doubt = outcome.status === 'in-doubt' ? ' (it may have taken effect: run again to find out)' : ''
      return [
        `  ! ${printableLine(outcome.error.message)}${doubt}${hint === undefined ? '' : `\n    ${printableLine(hint)}`}`,
      ]
    })
    .join('\n')
}

export function renderBootstrap(result: BootstrapResult): string {
  const { state } = result
  const failures = renderFailures(lastOutcomes(result.outcomes))
  return paragraphs([
    renderRefusals(result.refusals),
    state === 'failed' ? failures : '',
    result.controlPlane === undefined ? '' : renderControlPlane(result.controlPlane),
    result.leftOutKeys
      .map(
        ({ kid, because }) =>
          `  ! The cluster lists the key ${printableLine(kid)}, which is ${because}: it is not published.`,
      )
      .join('\n'),
    result.outputs === undefined ? '' : renderOutputs(result.outputs),
    headline(state),
  ])
}

/** What failed and was done after all in a later round is not worth a word. */
function lastOutcomes(outcomes: readonly ActionOutcome[]): readonly ActionOutcome[] {
  return [...new Map(outcomes.map((outcome) => [outcome.action.id, outcome])).values()]
}

function headline(state: BootstrapResult['state']): string {
  switch (state) {
    case 'working':
      return 'State: working. AWS accepted a token of this cluster.'
    case 'published':
      return 'State: published. Whether AWS accepts tokens of this cluster has not been tried.'
    case 'waiting for the control plane':
      return 'State: waiting for the control plane. Make the changes above, then run bootstrap again.'
    case 'refused by STS':
      return 'State: refused by STS. Everything is in place, and AWS refuses the token all the same.'
    case 'hosted':
      return 'State: hosted. Clusters can publish their issuers on this host now.'
    case 'refused':
      return 'Not begun: see what stands against it above.'
    case 'failed':
      return 'Not finished. What was done stays; run again to go on from there.'
  }
}

export function renderDestroy(result: DestroyResult): string {
  const kept = result.plan.kept.map(({ resource, because }) => `  = ${resource} stays: ${because}`).join('\n')
  return paragraphs([
    renderRefusals(result.refusals),
    result.state === 'failed' ? renderFailures(lastOutcomes(result.outcomes)) : '',
    kept,
    result.state === 'gone' ? 'Gone.' : headline(result.state),
  ])
}

export function renderControlPlane(controlPlane: ControlPlane): string {
  switch (controlPlane.state) {
    case 'working':
      return `AWS accepted a token of ${controlPlane.exchange.subject} for ${controlPlane.exchange.audience}.`
    case 'published':
      return `Not tried: ${controlPlane.because}.`
    case 'refused by STS':
      return `  ! STS says: ${controlPlane.code}: ${printableLine(controlPlane.message)}`
    case 'waiting for the control plane':
      return renderWaiting(controlPlane)
  }
}

function renderWaiting({
  tokenIssuer,
  neededIssuer,
  settings,
}: Extract<ControlPlane, { readonly state: 'waiting for the control plane' }>): string {
  return [
    `Tokens of this cluster name the issuer ${printableLine(tokenIssuer)}; AWS knows ${neededIssuer}.`,
    'What the control plane needs:',
    '',
    ...settings.steps.map((step, index) => `  ${index + 1}. ${step}`),
    ...settings.files.flatMap(({ path, content }) => [
      '',
      `  ${path}:`,
      '',
      ...printable(content)
        .trimEnd()
        .split('\n')
        .map((line) => `    ${line}`),
    ]),
    ...settings.limits.flatMap((limit) => ['', `  ! ${limit}`]),
  ].join('\n')
}

export function renderOutputs(outputs: Outputs): string {
  const entries = Object.entries(outputs).map(([name, value]) => [dashed(name), String(value)] as const)
  const width = Math.max(...entries.map(([name]) => name.length))
  return entries.map(([name, value]) => `  ${name.padEnd(width)}  ${printableLine(value)}`).join('\n')
}

export function renderFindings(findings: readonly Finding[], file: string): string {
  return findings
    .map(({ severity, path, message, fix, line, column, code }) => {
      const place = [file, line, column].filter((part) => part !== undefined).join(':')
      const at = path === '' ? '' : `${printableLine(path)} `
      return `${place}: ${severity}: ${at}${printableLine(message)} [${code}]${fix === undefined ? '' : `\n    ${printableLine(fix)}`}`
    })
    .join('\n')
}

/** `issuerUrl` → `issuer-url`: how outputs are called everywhere outside. */
export function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

function words(name: string): string {
  return dashed(name).replaceAll('-', ' ')
}

function paragraphs(texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join('\n\n')
}
