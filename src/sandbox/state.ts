import type {Ledger} from './account/ledger.js';
import type {ChargesQuery} from './account/query.js';
import type {Assets} from './assets.js';
import type {Keys} from './auth.js';
import type {Callbacks} from './callbacks.js';
import type {Clock} from './clock.js';
import type {ModelPolicy} from './rules/models.js';
import type {Store} from './store.js';
import type {Served} from './types/index.js';
import type {Link} from './view.js';
import type {WebhookSigning} from './webhook-signing.js';

/** Everything that one sandbox consists of. */
export interface State {
	keys: Keys;
	clock: Clock;
	store: Store;
	assets: Assets;
	link: Link;
	callbacks: Callbacks;
	signing: WebhookSigning;
	ledger: Ledger;
	/** The queries that the ledgers' cursors stand for. */
	cursors: Map<string, ChargesQuery>;
	/** When the packs were last requested, Unix ms. */
	packsAskedAt?: number;
	served: Served;
	/** How many tasks may run at once. */
	slots: number;
	models: ModelPolicy;
}
