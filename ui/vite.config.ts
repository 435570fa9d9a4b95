import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { buildId } from './build/build-id.ts';
import { checkedMessages } from './build/checked-messages.ts';

export default defineConfig({
  plugins: [checkedMessages(), svelte({ configFile: false, compilerOptions: { runes: true } }), buildId()],
  build: {
    target: 'es2022',
    // A data: font or script would need a wider content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // One sheet: nothing is styled late.
    cssCodeSplit: false,
    rolldownOptions: {
      input: { main: 'index.html', sw: 'src/sw/service-worker.ts' },
      output: {
        entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
        chunkFileNames: 'assets/[name]-[hash].js',
        // What most pages share is one file instead of forty.
        codeSplitting: { groups: [{ name: 'base', minShareCount: 4 }] },
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
});
