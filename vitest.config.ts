import {defineConfig} from 'vitest/config';
import {shared} from './vitest.shared.js';

export default defineConfig({
	test: {
		...shared('unit'),
		include: ['test/**/*.test.ts'],
		exclude: ['test/system/**'],
	},
});
