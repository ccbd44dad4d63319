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

/** How a client starts `kling mcp serve`. */
export interface ClientConfigDocument {
	success: true;
	client: string;
	/** The file that the client reads. */
	file: string;
	/** The configuration to put there. */
	config: string;
	/** Whether it was written, with --write. */
	written: boolean;
}
