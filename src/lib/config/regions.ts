/** API addresses by region; accounts and keys of one do not work with the other. Source: docs/kling-api.md §2. */
export const regions = {
	global: 'https://api-singapore.klingai.com',
	cn: 'https://api-beijing.klingai.com',
} as const;

export type Region = keyof typeof regions;

export const regionNames = Object.keys(regions) as Region[];
