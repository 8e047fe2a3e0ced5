import { defineConfig } from 'vitest/config'

// Tests run from the TypeScript sources: the `irsa-source` condition of every
// package's exports, so that nothing has to be built first.
const resolve = { conditions: ['irsa-source', 'node', 'import', 'default'] }
const ssr = { resolve }

export default defineConfig({
  resolve,
  ssr,
  test: {
    projects: [
      {
        resolve,
        ssr,
        test: { name: 'packages', include: ['packages/*/src/**/*.test.ts', 'packages/*/.examples/*.test.ts'] },
      },
      { resolve, ssr, test: { name: 'journeys', include: ['journeys/**/*.test.ts'], testTimeout: 120_000 } },
    ],
  },
})
