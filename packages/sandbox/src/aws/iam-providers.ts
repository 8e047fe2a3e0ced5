// OpenID Connect providers. What AWS does beyond its documentation (which port it
// drops, which texts it sends) was recorded by radkawar/stackd
// (internal/services/iam/testdata/federation/oidc.json).
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
import { identifier } from '../random.ts'
import { accountState, allowIam, iamArn } from './iam-access.ts'
import { beforeWriting, findProvider } from './iam-entities.ts'
import { allAsSeen } from './iam-replica.ts'
import type { OidcProvider } from './iam-state.ts'
import { without } from './iam-state.ts'
import { PROVIDER_TAGS, mergeTags, parseTags, tagsXml } from './iam-tags.ts'
import type { Parameters, QueryOperations } from './query.ts'
import { listMembers, requiredText, violation, xmlList, xmlTime } from './query.ts'
import type { AwsCall } from './service.ts'
import { ServiceError } from './service.ts'
import { readDiscovery } from './sts-issuer.ts'
import { WAITS } from './waits.ts'
import type { XmlElement } from './xml.ts'

const MOST_PROVIDERS = 100
const MOST_CLIENT_IDS = 100
const MOST_THUMBPRINTS = 5

export const PROVIDER_OPERATIONS: QueryOperations = {
  CreateOpenIDConnectProvider: { access: 'write', run: createProvider },
  GetOpenIDConnectProvider: { access: 'read', run: getProvider },
  ListOpenIDConnectProviders: { access: 'read', run: listProviders },
  DeleteOpenIDConnectProvider: { access: 'write', run: deleteProvider },
  AddClientIDToOpenIDConnectProvider: { access: 'write', run: addClientId },
  RemoveClientIDFromOpenIDConnectProvider: { access: 'write', run: removeClientId },
  UpdateOpenIDConnectProviderThumbprint: { access: 'write', run: updateThumbprints },
}

export function noSuchProvider(arn: string): ServiceError {
  return new ServiceError('NoSuchEntity', 404, `OpenIDConnect Provider not found for arn ${arn}`)
}

function createProvider(call: AwsCall, parameters: Parameters): XmlElement {
  const url = providerUrl(parameters)
  const clientIds = [...new Set(listMembers(parameters, 'ClientIDList').map(checkedClientId))]
  const thumbprints = parseThumbprints(parameters)
  const tags = parseTags(parameters, PROVIDER_TAGS)
  const arn = iamArn(call.caller, `oidc-provider/${url.slice('https://'.length)}`)
  allowIam(call, 'CreateOpenIDConnectProvider', arn, { requestTags: tags })
  if (Object.keys(tags).length > 0) allowIam(call, 'TagOpenIDConnectProvider', arn, { requestTags: tags })

  const state = accountState(call)
  if (Object.hasOwn(state.oidcProviders, arn)) {
    throw new ServiceError('EntityAlreadyExists', 409, `Provider with url ${url} already exists.`)
  }
  checkQuota('ClientIdsPerOpenIdConnectProvider', clientIds.length, MOST_CLIENT_IDS)
  checkQuota('OpenIdConnectProvidersPerAccount', Object.keys(state.oidcProviders).length + 1, MOST_PROVIDERS)
  const provider: OidcProvider = {
    settings: {
      url,
      clientIds,
      ...(thumbprints.length === 0 ? {} : { thumbprints }),
      tags: mergeTags({}, tags, PROVIDER_TAGS),
    },
    ...(thumbprints.length === 0 ? { retrievedThumbprint: retrieveThumbprint(call, url) } : {}),
    createdAt: call.nowMs,
  }
  beforeWriting(call, arn, undefined)
  state.oidcProviders[arn] = provider
  return { OpenIDConnectProviderArn: arn, ...(Object.keys(tags).length === 0 ? {} : { Tags: tagsXml(tags) }) }
}

/** The top of the certificate chain of the host that serves the keys, once IAM has been able to reach it. */
function retrieveThumbprint(call: AwsCall, url: string): string {
  const discovery = readDiscovery(call, url)
  if (discovery === undefined) {
    throw new ServiceError(
      'OpenIdIdpCommunicationError',
      400,
      'The request failed because IAM cannot connect to the OpenID Connect identity provider URL.',
    )
  }
  return identifier('hex', 40, 'thumbprint', discovery.jwksUri.hostname)
}

function getProvider(call: AwsCall, parameters: Parameters): XmlElement {
  const { arn, seen } = findProvider(call, 'GetOpenIDConnectProvider', parameters)
  if (seen === undefined) throw noSuchProvider(arn)
  const { url, clientIds, thumbprints = [seen.retrievedThumbprint ?? ''], tags } = seen.settings
  return {
    Url: url.slice('https://'.length),
    ClientIDList: xmlList(clientIds),
    ThumbprintList: xmlList(thumbprints),
    CreateDate: xmlTime(seen.createdAt),
    Tags: tagsXml(tags),
  }
}

function listProviders(call: AwsCall): XmlElement {
  allowIam(call, 'ListOpenIDConnectProviders', iamArn(call.caller, 'oidc-provider/*'))
  const prefix = iamArn(call.caller, 'oidc-provider/')
  const { oidcProviders } = accountState(call)
  const seen = allAsSeen(call.world, call.nowMs, prefix, oidcProviders, WAITS.iamReadableMs)
  return { OpenIDConnectProviderList: xmlList(seen.map(([Arn]) => ({ Arn }))) }
}

function deleteProvider(call: AwsCall, parameters: Parameters): undefined {
  const { arn, current } = findProvider(call, 'DeleteOpenIDConnectProvider', parameters)
  if (current === undefined) {
    throw new ServiceError('NoSuchEntity', 404, `OpenId connect Provider ${arn} cannot be found.`)
  }
  const state = accountState(call)
  beforeWriting(call, arn, current)
  state.oidcProviders = without(state.oidcProviders, arn)
}

function addClientId(call: AwsCall, parameters: Parameters): undefined {
  const clientId = checkedClientId(requiredText(parameters, 'ClientID'))
  const { arn, current } = findProvider(call, 'AddClientIDToOpenIDConnectProvider', parameters)
  if (current === undefined) throw noSuchProvider(arn)
  if (current.settings.clientIds.includes(clientId)) return
  checkQuota('ClientIdsPerOpenIdConnectProvider', current.settings.clientIds.length + 1, MOST_CLIENT_IDS)
  beforeWriting(call, arn, current)
  current.settings.clientIds = [...current.settings.clientIds, clientId]
}

function removeClientId(call: AwsCall, parameters: Parameters): undefined {
  const clientId = checkedClientId(requiredText(parameters, 'ClientID'))
  const { arn, current } = findProvider(call, 'RemoveClientIDFromOpenIDConnectProvider', parameters)
  if (current === undefined) throw noSuchProvider(arn)
  beforeWriting(call, arn, current)
  current.settings.clientIds = current.settings.clientIds.filter((one) => one !== clientId)
}

function updateThumbprints(call: AwsCall, parameters: Parameters): undefined {
  const thumbprints = parseThumbprints(parameters)
  const { arn, current } = findProvider(call, 'UpdateOpenIDConnectProviderThumbprint', parameters)
  if (thumbprints.length === 0) {
    throw new ServiceError('InvalidInput', 400, 'Thumbprint list must contain at least one entry.')
  }
  if (current === undefined) throw noSuchProvider(arn)
  beforeWriting(call, arn, current)
  current.settings.thumbprints = thumbprints
  delete current.retrievedThumbprint
}

/** As IAM keeps it: the port 443 is dropped, everything else stays as it was written, its case too. */
function providerUrl(parameters: Parameters): string {
  const written = requiredText(parameters, 'Url')
  if (written.length > 255) throw violation('Url', written, 'Member must have length less than or equal to 255')
  const [, host = '', port, rest = ''] = /^https:\/\/([A-Za-z0-9.-]+)(?::(\d+))?(\/[^\s]*|[?#].*)?$/.exec(written) ?? []
  if (!URL.canParse(written) || host === '' || (port !== undefined && port !== '443')) {
    throw new ServiceError('ValidationError', 400, 'Invalid Open ID Connect Provider URL')
  }
  if (/[?#]/.test(rest)) throw new ServiceError('InvalidInput', 400, 'Unknown')
  return `https://${host}${rest}`
}

function checkedClientId(clientId: string): string {
  if (clientId === '') throw violation('clientID', clientId, 'Member must have length greater than or equal to 1')
  if (clientId.length > 255) throw violation('clientID', clientId, 'Member must have length less than or equal to 255')
  return clientId
}

/** Kept in lower case; IAM does not ask whether they are hexadecimal. */
function parseThumbprints(parameters: Parameters): string[] {
  const thumbprints = listMembers(parameters, 'ThumbprintList')
  for (const one of thumbprints) {
    if (one.length < 40) throw violation('thumbprintList', one, 'Member must have length greater than or equal to 40')
    if (one.length > 40) throw violation('thumbprintList', one, 'Member must have length less than or equal to 40')
  }
  if (thumbprints.length > MOST_THUMBPRINTS) {
    throw new ServiceError('InvalidInput', 400, 'Thumbprint list must contain fewer than 5 entries.')
  }
  return thumbprints.map((one) => one.toLowerCase())
}

function checkQuota(quota: string, wanted: number, most: number): void {
  if (wanted > most) throw new ServiceError('LimitExceeded', 409, `Cannot exceed quota for ${quota}: ${most}`)
}
