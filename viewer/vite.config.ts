// Build of the planner's map. Everything that the page needs is emitted beside it: the server embeds `dist/`
// and answers `index.html` at its root and the rest under `viewer/`, possibly below a path prefix that is only
// known when the server runs. Hence every address in the output is relative.

import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { licences } from './licences'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  base: './',
  plugins: [licences(fileURLToPath(new URL('.', import.meta.url)))],
  build: {
    target: 'es2022',
    // An inlined asset would be a `data:` script or style, which the content policy of the server refuses.
    assetsInlineLimit: 0,
    // MapLibre is most of the bundle and cannot be split further; the warning would never be acted on.
    chunkSizeWarningLimit: 1500,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { index: at('index.html'), page: at('src/page/main.ts') },
      output: {
        // The server's own pages name these two; all else carries a hash.
        entryFileNames: ({ name }) => (name === 'page' ? 'page.js' : 'assets/[name]-[hash].js'),
        assetFileNames: ({ names }) => (names.includes('page.css') ? 'page.css' : 'assets/[name]-[hash][extname]'),
      },
    },
  },
  worker: { format: 'es' },
  server: { fs: { allow: ['..'] } },
  experimental: {
    renderBuiltUrl(filename, { hostType }) {
      // The page lives one level above its assets in the address space, though not in `dist/`.
      return hostType === 'html' ? `./viewer/${filename}` : { relative: true }
    },
  },
})
