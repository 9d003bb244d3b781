import { defineConfig } from 'vite'

export default defineConfig({
  // The page is served below whatever `base` the project has.
  base: './',
  build: {
    outDir: '../dist/page',
    // It is beside what is built for Node.
    emptyOutDir: true,
    modulePreload: false,
  },
})
