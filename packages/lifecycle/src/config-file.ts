// The text of irsa.yaml: parsed with its positions, within bounds, and checked.
import { isNode, LineCounter, parseDocument, visit } from 'yaml'
import type { Document } from 'yaml'
import type { Checked } from './config.ts'
import { checkConfig } from './config.ts'
import type { Finding } from './finding.ts'

/** A configuration is a page of text; more is a mistake or an attack. */
const MAX_CHARACTERS = 256 * 1024

export function parseConfigFile(text: string): Checked {
  if (text.length > MAX_CHARACTERS) {
    return {
      findings: [
        {
          code: 'config-unreadable',
          severity: 'error',
          path: '',
          message: `must have at most ${MAX_CHARACTERS} characters, found ${text.length}`,
        },
      ],
    }
  }
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, strict: true })
  if (document.errors.length > 0) {
    return {
      findings: document.errors.map(({ message, linePos }) => ({
        code: 'config-unreadable',
        severity: 'error',
        path: '',
        // The first line says what; the others draw it.
        message: message.split('\n')[0] ?? message,
        ...(linePos === undefined ? {} : { line: linePos[0].line, column: linePos[0].col }),
      })),
    }
  }
  const aliases = findingsOfAliases(document, lines)
  if (aliases.length > 0) return { findings: aliases }
  const checked = checkConfig(document.toJS())
  return { ...checked, findings: checked.findings.map((finding) => locate(finding, document, lines)) }
}

/** Aliases are not needed in a configuration, and are how small files become huge. */
function findingsOfAliases(document: Document, lines: LineCounter): readonly Finding[] {
  const found: Finding[] = []
  visit(document, {
    Alias(_key, node) {
      const { line, col } = lines.linePos(node.range?.[0] ?? 0)
      found.push({
        code: 'config-unreadable',
        severity: 'error',
        path: '',
        message: `must not use aliases, found "*${node.source}"`,
        fix: 'Write the value out.',
        line,
        column: col,
      })
    },
  })
  return found
}

function locate(finding: Finding, document: Document, lines: LineCounter): Finding {
  const keys = finding.path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  // What is missing has no place of its own: its parent has.
  for (let length = keys.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(keys.slice(0, length), true)
    if (!isNode(node) || !node.range) continue
    const { line, col } = lines.linePos(node.range[0])
    return { ...finding, line, column: col }
  }
  return finding
}
