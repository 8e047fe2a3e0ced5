// Origin access controls: found by name, since they carry no tags; kept for as long
// as an origin of any distribution names them.
import type { SandboxResponse } from '../http.ts'
import { authorize } from './callers.ts'
import { ORIGIN_ACCESS_CONTROL_CONFIG } from './cloudfront-shapes.ts'
import type { OriginAccessControlConfig, Versioned } from './cloudfront-state.ts'
import {
  cloudFrontArn,
  cloudFrontId,
  invalidArgument,
  listMembers,
  nextEtag,
  pageOf,
  readBody,
  requireIfMatch,
  respondNothing,
  respondXml,
} from './cloudfront-wire.ts'
import type { AwsCall } from './service.ts'
import { ServiceError } from './service.ts'
import type { XmlElement } from './xml.ts'
import { encodeStructure } from './xml-shape.ts'

type Control = Versioned<OriginAccessControlConfig>

const ROOT = 'OriginAccessControlConfig'
/** Developer Guide, "Quotas". */
const MAX_CONTROLS = 100

const CHOICES: readonly (readonly [keyof OriginAccessControlConfig, readonly string[]])[] = [
  ['SigningProtocol', ['sigv4']],
  ['SigningBehavior', ['always', 'never', 'no-override']],
  ['OriginAccessControlOriginType', ['s3', 'mediastore', 'mediapackagev2', 'lambda']],
]

export function createOriginAccessControl(call: AwsCall): SandboxResponse {
  authorize(call, { action: 'cloudfront:CreateOriginAccessControl', resource: '*' })
  const config = readBody(call, ROOT, ORIGIN_ACCESS_CONTROL_CONFIG)
  checkControl(call, config)
  const { nowMs, caller, world } = call
  const state = world.aws.cloudfront
  if (ownControls(call).length >= MAX_CONTROLS) {
    throw new ServiceError(
      'TooManyOriginAccessControls',
      400,
      'The number of origin access controls in your account exceeds the maximum allowed.',
    )
  }
  const count = `origin-access-control ${caller.account} ${config.Name}`
  state.made[count] = (state.made[count] ?? 0) + 1
  const id = cloudFrontId(count, state.made[count])
  const control = {
    account: caller.account,
    etag: nextEtag(id),
    createdAt: nowMs,
    lastModifiedAt: nowMs,
    settings: { config },
  }
  state.originAccessControls[id] = control
  const location = `https://cloudfront.amazonaws.com/2020-05-31/origin-access-control/${id}`
  return respondXml(201, 'OriginAccessControl', present(id, control), { etag: control.etag, location })
}

export function getOriginAccessControl(call: AwsCall, id: string): SandboxResponse {
  const control = openControl(call, 'cloudfront:GetOriginAccessControl', id)
  return respondXml(200, 'OriginAccessControl', present(id, control), { etag: control.etag })
}

export function getOriginAccessControlConfig(call: AwsCall, id: string): SandboxResponse {
  const control = openControl(call, 'cloudfront:GetOriginAccessControlConfig', id)
  return respondXml(200, ROOT, presentConfig(control), { etag: control.etag })
}

export function updateOriginAccessControl(call: AwsCall, id: string): SandboxResponse {
  const control = openControl(call, 'cloudfront:UpdateOriginAccessControl', id)
  const config = readBody(call, ROOT, ORIGIN_ACCESS_CONTROL_CONFIG)
  requireIfMatch(call, control.etag)
  checkControl(call, config, id)
  control.settings.config = config
  control.etag = nextEtag(id, control.etag)
  control.lastModifiedAt = call.nowMs
  return respondXml(200, 'OriginAccessControl', present(id, control), { etag: control.etag })
}

export function deleteOriginAccessControl(call: AwsCall, id: string): SandboxResponse {
  const control = openControl(call, 'cloudfront:DeleteOriginAccessControl', id)
  requireIfMatch(call, control.etag)
  const { distributions, originAccessControls } = call.world.aws.cloudfront
  const isUsed = Object.values(distributions).some(({ settings }) =>
    settings.config.Origins.Items?.some(({ OriginAccessControlId }) => OriginAccessControlId === id),
  )
  if (isUsed) {
    throw new ServiceError('OriginAccessControlInUse', 409, 'The CloudFront origin access control is still being used.')
  }
  delete originAccessControls[id]
  return respondNothing()
}

export function listOriginAccessControls(call: AwsCall): SandboxResponse {
  authorize(call, { action: 'cloudfront:ListOriginAccessControls', resource: '*' })
  const page = pageOf(call, ownControls(call))
  const summaries = page.items.map(([id, control]) => ({ Id: id, ...presentConfig(control) }))
  return respondXml(200, 'OriginAccessControlList', listMembers(page, 'OriginAccessControlSummary', summaries))
}

function ownControls(call: AwsCall): [string, Control][] {
  const all = Object.entries(call.world.aws.cloudfront.originAccessControls)
  return all.filter(([, { account }]) => account === call.caller.account)
}

function openControl(call: AwsCall, action: string, id: string): Control {
  authorize(call, { action, resource: cloudFrontArn(call, 'origin-access-control', id) })
  const found = call.world.aws.cloudfront.originAccessControls[id]
  if (found?.account !== call.caller.account) {
    throw new ServiceError('NoSuchOriginAccessControl', 404, 'The specified origin access control does not exist.')
  }
  return found
}

function checkControl(call: AwsCall, config: OriginAccessControlConfig, id?: string): void {
  if (config.Name === '' || config.Name.length > 64)
    throw invalidArgument('The parameter Name must have 1 to 64 characters.')
  if ((config.Description ?? '').length > 256) throw invalidArgument('The parameter Description is too long.')
  for (const [name, allowed] of CHOICES) {
    if (!allowed.includes(config[name] ?? '')) throw invalidArgument(`The parameter ${name} is invalid.`)
  }
  if (ownControls(call).some(([otherId, { settings }]) => otherId !== id && settings.config.Name === config.Name)) {
    throw new ServiceError(
      'OriginAccessControlAlreadyExists',
      409,
      'An origin access control with the same name already exists.',
    )
  }
}

function present(id: string, control: Control): XmlElement {
  return { Id: id, OriginAccessControlConfig: presentConfig(control) }
}

function presentConfig({ settings }: Control): XmlElement {
  return encodeStructure({ Description: '', ...settings.config }, ORIGIN_ACCESS_CONTROL_CONFIG)
}
