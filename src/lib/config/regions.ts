/**
 * API addresses by region. Accounts and keys of one region do not work in the other. Source:
 * docs/kling-api.md §2.
 */
export const regions = {
	global: 'https://api-singapore.klingai.com',
	cn: 'https://api-beijing.klingai.com',
} as const;

export type Region = keyof typeof regions;

export const regionNames = Object.keys(regions) as Region[];
