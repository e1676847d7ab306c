/** SvelteKit 3 refuses a svelte.config.js: what used to stand there stands here (docs/decisions/0001). */
import adapter from '@sveltejs/adapter-node';
import { sveltekit } from '@sveltejs/kit/vite';
import { isRunnableDevEnvironment, type Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/**
 * Opens `/live/…` on the same port and in the same module graph as the pages, so both see one database and one set of
 * open documents. In production `server.js` does this with the extra build input named here.
 */
function live(): Plugin {
	return {
		name: 'wayfellow-live',
		config: () => ({
			environments: {
				ssr: { build: { rolldownOptions: { input: { live: 'src/lib/reflection/live.server.ts' } } } }
			}
		}),
		configureServer({ environments: { ssr }, httpServer }) {
			process.env.DEMO ??= '1';
			if (!isRunnableDevEnvironment(ssr)) throw new Error('The ssr environment of Vite can not run modules.');
			httpServer?.on('upgrade', async (request, socket, head) => {
				if (!request.url?.startsWith('/live/')) return; // Vite's own hot-reload socket shares this server
				try {
					const { handleUpgrade } = await ssr.runner.import('/src/lib/reflection/live.server.ts');
					handleUpgrade(request, socket, head);
				} catch (error) {
					console.error(error);
					socket.destroy();
				}
			});
		}
	};
}

export default defineConfig({
	plugins: [
		sveltekit({
			adapter: adapter(),
			csp: {
				mode: 'nonce',
				directives: {
					'default-src': ['none'],
					'script-src': ['self'],
					'style-src': ['self'],
					// Carets carry their colour as an inline style; kit's announcer is hidden by one.
					'style-src-attr': ['unsafe-inline'],
					'img-src': ['self', 'data:'],
					'font-src': ['self'],
					'connect-src': ['self'],
					'manifest-src': ['self'],
					'worker-src': ['self'],
					'form-action': ['self'],
					'frame-ancestors': ['none'],
					'base-uri': ['none']
				}
			}
		}),
		live()
	],
	server: { port: 5173, strictPort: true },
	test: { environment: 'node', include: ['src/**/*.test.ts', 'tests/**/*.test.ts'] }
});
