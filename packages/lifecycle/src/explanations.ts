// What every code means, at more length than a message has room for; without the internet.

export interface Explanation {
  readonly title: string
  /** Why it is so, and what can be behind it. */
  readonly why: string
  /** What to do, in order. */
  readonly mend: readonly string[]
}

const explanations: Readonly<Record<string, Explanation>> = {
  'not-ours': {
    title: 'A resource of that name belongs to somebody else',
    why: 'It carries the mark (tag irsa:owner, or metadata irsa-owner) of another cluster or host, or is in another account or region. What somebody else owns is never changed, not even with consent.',
    mend: [
      'Choose another name in the configuration.',
      'Or remove the resource with the configuration that owns it, if it is no longer needed.',
    ],
  },
  unclaimed: {
    title: 'A resource of that name exists and nobody has marked it',
    why: 'It may be yours from before, made by hand or by another tool. Taking it over changes it to what the configuration says.',
    mend: [
      'Run `irsa plan`: it shows each attribute that would change.',
      'Run again with --adopt and the id from the plan, or --adopt all.',
    ],
  },
  immutable: {
    title: 'An attribute cannot be changed once the resource exists',
    why: "AWS fixes it at creation: a bucket's region, a certificate's domain.",
    mend: ['Keep the value, or destroy and bootstrap again under a new name.'],
  },
  'foreign-key': {
    title: 'The published key set holds a key that nobody claims',
    why: 'No API server lists it and the record does not know it. Whoever put it there can sign tokens that AWS accepts for every role that trusts this issuer. It is never merged, kept or removed without a person.',
    mend: [
      'Find out who wrote the object: S3 keeps its versions, CloudTrail the data events.',
      'If it is yours, for instance because the record was lost, run again with --accept-key and the kid.',
      'If it is not, take it out, find the way it came, and treat every role that trusts the issuer as compromised.',
    ],
  },
  'many-keys': {
    title: 'More keys than a cluster has',
    why: 'More than two new keys at once, more than twenty in all, or more than 64 kB. A cluster that was taken over may show keys of others.',
    mend: ['Look at /openid/v1/jwks of the cluster. If they are all its own, run again with --many-keys.'],
  },
  'issuer-changed': {
    title: 'The issuer URL would become another',
    why: 'Roles name the issuer in their trust policies, and pods hold tokens with it. The record says under which URL the keys were published so far.',
    mend: [
      'Keep domain, path and hosting as they were.',
      'If nothing needs the old issuer any more, run again with --new-issuer.',
    ],
  },
  'deletion-protected': {
    title: 'Deletion protection is on',
    why: 'It is on unless the configuration says otherwise, because destroying an issuer stops every workload that uses it.',
    mend: ['Set deletionProtection to false in the section issuer or host, and run again.'],
  },
  'role-still-trusts': {
    title: 'A role still trusts the issuer',
    why: "Whoever gets the issuer's name next could take the role.",
    mend: [
      'Delete the role, or take the issuer out of its trust policy.',
      'Or name it with --abandon-role if it may stay as it is.',
    ],
  },
  'host-in-use': {
    title: 'Clusters still publish on the host',
    why: 'Destroying the host would take their issuers with it.',
    mend: ['Destroy each issuer with its own configuration first.'],
  },
  'config-invalid': {
    title: 'The configuration cannot be used',
    why: 'A value is missing, of the wrong kind, or out of its range. Nothing was sent.',
    mend: ['Mend each line that is named; all problems are reported at once.'],
  },
  'config-unknown-key': {
    title: 'The configuration has a key that means nothing',
    why: 'It may be misspelt or in the wrong section; being ignored it would not do what you mean.',
    mend: ['Use the key that is suggested, or remove it.'],
  },
  'config-unreadable': {
    title: 'The configuration is not YAML within bounds',
    why: 'It does not parse, is too large, or uses aliases.',
    mend: ['Mend the line that is named.'],
  },
  'keys-unusable': {
    title: 'A key file cannot be used',
    why: 'It cannot be read, holds no public key that both Kubernetes and AWS take, or holds a private key.',
    mend: ['Give PEM public keys, certificates or a JWKS: RSA of 2048 bits and more, P-256, P-384 or P-521.'],
  },
  'not-confirmed': {
    title: 'Destroying has to be confirmed by name',
    why: 'It stops every workload that uses the issuer.',
    mend: ['Run again with --confirm and the name that the configuration has.'],
  },
  'access-denied': {
    title: 'AWS denies a request',
    why: 'The caller lacks a permission, or a policy of the organisation denies it.',
    mend: ["Compare the caller's permissions with those that `requiredAccess` gives for the command."],
  },
  credentials: {
    title: 'AWS does not know the caller',
    why: 'There are no credentials, they have expired, or the clock of this machine is wrong.',
    mend: ['Sign in again; check AWS_PROFILE and the environment; check the clock.'],
  },
  conflict: {
    title: 'Somebody else changed it at the same time',
    why: 'Another run, or a person, wrote in between.',
    mend: ['Run again.'],
  },
  quota: {
    title: 'A quota of AWS is reached',
    why: 'The account may not have more of these.',
    mend: ['Delete what is not needed, or ask AWS for more.'],
  },
  'timed-out': {
    title: 'It took longer than is sensible to wait',
    why: 'Certificates wait for DNS, distributions for their edges. The message says what was waited for and how it stood.',
    mend: ['Mend what the message names, if anything, and run again: it goes on waiting where it stopped.'],
  },
  unavailable: {
    title: 'No answer, or one that says "later"',
    why: 'The network, or the service, is in trouble.',
    mend: ['Run again.'],
  },
  rejected: {
    title: 'A request was refused as it is',
    why: 'The message has the reason in the words of AWS or Kubernetes.',
    mend: ['Mend what it names and run again.'],
  },
  'invalid-input': {
    title: 'What was asked for cannot be done',
    why: 'The message says which value, and what was needed.',
    mend: ['Mend the value and run again.'],
  },
  'refused-keys': {
    title: 'The key set would break its promises',
    why: 'It would be empty, hold private keys, or cannot be read. A key set that is published never loses a key that can still sign.',
    mend: ['Look at what the cluster lists and at what is published; the bucket keeps earlier versions.'],
  },
  'no-cluster': {
    title: 'Nothing says which cluster is meant',
    why: 'There is no kubeconfig at the usual places. Localhost is never assumed.',
    mend: ['Give cluster.kubeconfig or set KUBECONFIG.', 'Or hand the keys in as files: cluster.keys.'],
  },
  kubeconfig: {
    title: 'The kubeconfig cannot be used',
    why: 'It cannot be read, has no such context, or wants to run a program.',
    mend: ['Mend what the message names.'],
  },
  unreachable: {
    title: 'The API server cannot be reached',
    why: 'No connection, or none in time.',
    mend: ['Check its address and that this machine may reach it.', 'Or hand the keys in as files: cluster.keys.'],
  },
  unauthenticated: {
    title: 'The API server does not know the caller',
    why: 'The credentials in the kubeconfig are wrong or have expired.',
    mend: ['Sign in to the cluster again.'],
  },
  forbidden: {
    title: 'The API server denies a request',
    why: 'RBAC does not allow it.',
    mend: ['Grant what `requiredAccess` gives for the command.'],
  },
  'not-found': {
    title: 'It is not there',
    why: 'The cluster does not have it.',
    mend: ['Look at the message for what.'],
  },
  insecure: {
    title: 'Keys would be read over a connection that anybody could sit in',
    why: 'Whoever can put a key of their own into the set holds every role.',
    mend: ['Use https with certificate-authority-data and without insecure-skip-tls-verify.'],
  },
  'invalid-answer': {
    title: "The API server's answer is not what its API promises",
    why: 'A proxy in between, or keys that cannot be published.',
    mend: ['Look at what the message quotes.'],
  },
  published: {
    title: 'State: published',
    why: 'Documents and provider are in place. No token of the cluster was tried.',
    mend: ['Give access to the cluster and leave cluster.canary on to have it tried.'],
  },
  waiting: {
    title: 'State: waiting for the control plane',
    why: 'Tokens still name another issuer than the one that AWS knows.',
    mend: ['Make the printed changes on each control-plane node, then run bootstrap again.'],
  },
  working: {
    title: 'State: working',
    why: 'AWS accepted a token of the canary service account for a role that may do nothing.',
    mend: [],
  },
}

export function explain(code: string): Explanation | undefined {
  return Object.hasOwn(explanations, code) ? explanations[code] : undefined
}

export function explainedCodes(): readonly string[] {
  return Object.keys(explanations).sort()
}
