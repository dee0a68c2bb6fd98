import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
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

export default defineConfig({
  root: here,
  plugins: [boundaries(), react()],
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
