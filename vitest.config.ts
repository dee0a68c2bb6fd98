import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

// Packages resolve to their TypeScript sources, so tests never read a stale dist/; those who have just compiled everything
// let other packages than the tested one be read as compiled, which takes half the time.
// Only this one condition: naming Node's own as well would hand `import` to packages that call `require`.
const compiled = process.env.NHIP_COMPILED === '1'
const conditions = compiled ? [] : ['nhip-source']
const shared = { resolve: { conditions }, ssr: { resolve: { conditions, externalConditions: conditions } } }
const server = { deps: { external: compiled ? [/\/dist\/.*\.js$/] : [] } }
const slow = process.env.NHIP_TEST_ALL === '1'

/**
 * Tests that open store files or start processes: in processes, not threads, because what they open is native. Files
 * share one, because reading the program anew for each took a third of the time; what crashes is always a child of it.
 */
const stores = [
  'node/src/**/*.test.ts',
  'cli/src/**/*.test.ts',
  'demo/src/**/*.test.ts',
  'packages/durable/src/**/*.test.ts',
]

export default defineConfig({
  test: {
    globalSetup: 'scripts/scratch-in-memory.mjs',
    // Translating the sources is a tenth of the work; only what changed is translated anew.
    experimental: { fsModuleCache: true },
    // Two at once also on a machine of two cores, where the default is one.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        ...shared,
        test: {
          server,
          name: 'unit',
          include: [
            'packages/*/src/**/*.test.ts',
            'models/**/*.test.ts',
            'web/src/**/*.test.ts',
            'scripts/*.test.ts',
          ],
          exclude: [...stores, '**/*.slow.test.ts'],
          isolate: false,
          pool: 'threads',
          testTimeout: 60_000,
        },
      },
      {
        ...shared,
        test: {
          server,
          name: 'stores',
          include: stores,
          exclude: ['**/*.slow.test.ts'],
          isolate: false,
          pool: 'forks',
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      ...(slow
        ? [
            {
              ...shared,
              test: {
                server,
                name: 'slow',
                include: ['{packages/*,node,cli,demo}/src/**/*.slow.test.ts'],
                pool: 'forks' as const,
                testTimeout: 900_000,
                hookTimeout: 300_000,
              },
            },
          ]
        : []),
    ],
  },
})
