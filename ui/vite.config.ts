import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { buildId } from './build/build-id.ts';
import { checkedMessages } from './build/checked-messages.ts';

/** All but the words of the treasurer's and of goods' pages and what brings them: the first view is without those. */
const forEverybody =
  /^(?!.*src\/(messages\/(desk-words|goods-words|(en|es)\/(bank|books|desk|goods|suppliers))\.|features\/suppliers\/|features\/treasury\/(desk-words|TreasurerTabs|PickMember|GiveBack|MyStatement)\.))/;

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
        codeSplitting: { groups: [{ name: 'base', minShareCount: 4, test: forEverybody }] },
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
});
