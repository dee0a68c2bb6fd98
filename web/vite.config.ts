import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defaultClientConditions, defineConfig, type Plugin } from 'vite'

const here = fileURLToPath(new URL('.', import.meta.url))
const node = `http://127.0.0.1:${process.env.NHIP_DEV_PORT ?? '8080'}`

/** Boundaries are made from a published package at every build, so no map data lies in the repository. */
function boundaries(): Plugin {
  return {
    name: 'nhip-boundaries',
    config(_config, { command }) {
      if (command === 'serve' && existsSync(`${here}public/boundaries/provinces-34.json`)) return
      const made = spawnSync(process.execPath, [`${here}scripts/boundaries.mjs`], { stdio: ['ignore', 2, 2] })
      if (made.status !== 0) throw new Error('web/scripts/boundaries.mjs failed: the maps have no boundaries')
    },
  }
}

/** Puts `.br` and `.gz` twins beside what is worth compressing; the node hands them to browsers that take them. */
function twins(): Plugin {
  return {
    name: 'nhip-twins',
    apply: 'build',
    closeBundle() {
      for (const name of readdirSync(`${here}dist`, { recursive: true, encoding: 'utf8' })) {
        if (!/\.(js|css|html|svg|json)$/.test(name)) continue
        const bytes = readFileSync(`${here}dist/${name}`)
        if (bytes.length < 1024) continue
        writeFileSync(`${here}dist/${name}.gz`, gzipSync(bytes, { level: 9 }))
        // Quality 9 is a tenth of the time of 11 for a few per cent more bytes.
        const params = { [constants.BROTLI_PARAM_QUALITY]: 9 }
        writeFileSync(`${here}dist/${name}.br`, brotliCompressSync(bytes, { params }))
      }
    },
  }
}

export default defineConfig({
  root: here,
  plugins: [boundaries(), react(), twins()],
  resolve: { conditions: ['nhip-source', ...defaultClientConditions] },
  worker: { format: 'es' },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    // MapLibre and ECharts are large by nature and load only with the page that needs them.
    chunkSizeWarningLimit: 1200,
  },
  server: {
    proxy: { '/api': { target: node, changeOrigin: false }, '/healthz': node },
  },
})
