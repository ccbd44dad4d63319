import {type Reply, refusals, succeed} from '../reply.js';
import type {Handler, Routes} from '../route-types.js';
import {listBalanceCharges, listPackCharges} from './charges.js';
import {packs, packView} from './packs.js';

function timeOf(query: URLSearchParams, name: string): number | Reply {
	const text = query.get(name) ?? '';
	return /^\d{13}$/.test(text) ? Number(text) : refusals.badValue(`${name} value '${text}' is invalid`);
}

/** Handles `GET /account/costs`: the packs that were valid during a period (docs/kling-api.md §8). */
const listPacks: Handler = ({query, state}) => {
	if (!query.get('start_time') && !query.get('end_time')) {
		return refusals.badValue('start_time and end_time can not be empty');
	}
	const now = state.clock.now();
	const [from, to] = ['start_time', 'end_time'].map((name) => timeOf(query, name));
	if (typeof from === 'object') return from;
	if (typeof to === 'object') return to;
	// One request per second is accepted.
	const lastAsked = state.packsAskedAt;
	state.packsAskedAt = now;
	if (lastAsked !== undefined && now - lastAsked < 1000) return refusals.tooSoon();
	const name = query.get('resource_pack_name');
	const left = state.ledger.remaining(now);
	const found = packs.map((pack, index) => packView(pack, index, left[index] ?? 0, now));
	return succeed({
		code: 0,
		msg: 'success',
		resource_pack_subscribe_infos: found.filter(
			(pack) =>
				pack.effective_time <= Number(to) &&
				pack.invalid_time >= Number(from) &&
				(!name || pack.resource_pack_name === name),
		),
	});
};

export const accountRoutes: Routes = {
	exact: {
		'/account/costs': {GET: listPacks},
		'/account/billing/package': {POST: listPackCharges},
		'/account/billing/balance': {POST: listBalanceCharges},
		// At Kling the console does this: it replaces the secret that signs callbacks.
		'/sandbox/webhook-secret': {
			POST: ({body, state}) => succeed({webhook_secret: state.signing.rotate(body.emergency === true)}),
			GET: ({state}) => succeed({webhook_secret: state.signing.secret()}),
		},
	},
	under: {},
};
