export interface Checks {
	checks: {
		name: string;
		status: 'ok' | 'warning' | 'failure' | 'skipped';
		message: string;
		/** What to do about it. */
		fix?: string | undefined;
	}[];
}

export interface SandboxDocument {
	success: true;
	base_url: string;
	access_key: string;
	secret_key: string;
	api_key: string;
	/** Signs deliveries to a callback_url. */
	webhook_secret: string;
}
