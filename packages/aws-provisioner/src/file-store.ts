// Documents in a folder, for those who host them themselves. The same rules: a
// write names what it replaces.
import { createHash } from 'node:crypto'
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import type { DocumentStore, StoredDocument } from './document-store.ts'
import { ProvisionerError } from './error.ts'

interface FileHeaders {
  readonly contentType: string
  readonly cacheControl?: string
  readonly owner: string
}

/** What a bucket keeps as metadata stands in a file beside; whoever serves the folder sets these headers. */
const HEADERS_SUFFIX = '.headers.json'

/** @throws {ProvisionerError} for a key that would leave the folder. */
export function createFileStore(directory: string): DocumentStore {
  const root = resolve(directory)

  function pathOf(key: string): string {
    const path = resolve(root, key)
    if (!path.startsWith(root + sep)) {
      throw new ProvisionerError('invalid-input', `Cannot use the key "${key}": it is outside ${directory}`)
    }
    return path
  }

  async function read(key: string): Promise<StoredDocument | undefined> {
    const path = pathOf(key)
    try {
      const [body, { mtimeMs }, headers] = await Promise.all([readFile(path, 'utf8'), stat(path), readHeaders(path)])
      return { body, etag: etagOf(body), lastModifiedMs: mtimeMs, ...headers }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  return {
    location: directory,
    read,
    async write(key, body, options) {
      const path = pathOf(key)
      const present = await read(key)
      if ((present?.etag ?? null) !== options.ifMatch) return 'conflict'
      await mkdir(dirname(path), { recursive: true })
      const { ifMatch: _ifMatch, ...headers } = options
      await writeWhole(path + HEADERS_SUFFIX, `${JSON.stringify(headers, null, 2)}\n`)
      await writeWhole(path, body)
      return 'written'
    },
    history: async () => [],
    async remove(key) {
      const path = pathOf(key)
      await rm(path, { force: true })
      await rm(path + HEADERS_SUFFIX, { force: true })
    },
  }
}

async function readHeaders(path: string): Promise<FileHeaders | undefined> {
  try {
    return JSON.parse(await readFile(path + HEADERS_SUFFIX, 'utf8')) as FileHeaders
  } catch {
    return undefined
  }
}

/** A reader sees the old content or the new one, never half of it. */
async function writeWhole(path: string, body: string): Promise<void> {
  const temporary = join(
    dirname(path),
    `.${process.pid}.${createHash('sha256').update(path).digest('hex').slice(0, 8)}.tmp`,
  )
  const file = await open(temporary, 'w', 0o644)
  try {
    await file.writeFile(body, 'utf8')
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(temporary, path)
}

function etagOf(body: string): string {
  return createHash('sha256').update(body).digest('hex')
}
