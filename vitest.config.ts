import {defineConfig} from 'vitest/config';
import {shared} from './vitest.shared.js';

const common = shared('unit');

export default defineConfig({
	test: {
		...common,
		projects: [
			{
				extends: true,
				test: {name: 'e2e', include: ['test/e2e/**/*.test.ts'], globalSetup: []},
			},
			{
				extends: true,
				test: {
					name: 'unit',
					include: ['test/**/*.test.ts'],
					exclude: ['test/e2e/**', 'test/system/**'],
					globalSetup: [],
				},
			},
		],
	},
});
