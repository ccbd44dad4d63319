/*
 * What workers share besides the jobs, in Redis: which protocol is used, the budget, and which jobs are being tried. Every
 * change that depends on the current state is one Lua script, so that two workers never decide at once.
 */
import {randomUUID} from 'node:crypto';

const scripts = {
	/** KEYS meta; ARGV protocol, epoch. */
	farmHello: {
		numberOfKeys: 1,
		lua: `redis.call('HSETNX', KEYS[1], 'protocol', ARGV[1])
redis.call('HSETNX', KEYS[1], 'epoch', ARGV[2])
local time = redis.call('TIME')
return {redis.call('HGETALL', KEYS[1]), tostring(time[1] * 1000 + math.floor(time[2] / 1000))}`,
	},
	/** KEYS budget, open, settled; ARGV id, units. Returns 1, or 0 and what is left. */
	farmReserve: {
		numberOfKeys: 3,
		lua: `if redis.call('HEXISTS', KEYS[3], ARGV[1]) == 1 or redis.call('HEXISTS', KEYS[2], ARGV[1]) == 1 then return {1, '0'} end
local limit = tonumber(redis.call('HGET', KEYS[1], 'limit'))
local used = tonumber(redis.call('HGET', KEYS[1], 'spent') or 0) + tonumber(redis.call('HGET', KEYS[1], 'reserved') or 0)
if limit and used + tonumber(ARGV[2]) > limit then return {0, tostring(limit - used)} end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('HINCRBY', KEYS[1], 'reserved', ARGV[2])
return {1, '0'}`,
	},
	/** KEYS budget, open, settled; ARGV id, units, or nothing to use the reserved units. */
	farmSettle: {
		numberOfKeys: 3,
		lua: `local reserved = redis.call('HGET', KEYS[2], ARGV[1])
if not reserved then return 0 end
redis.call('HDEL', KEYS[2], ARGV[1])
-- Minus zero is no integer for Redis.
if reserved ~= '0' then redis.call('HINCRBY', KEYS[1], 'reserved', -tonumber(reserved)) end
local units = ARGV[2] == '' and reserved or ARGV[2]
if ARGV[2] ~= '0' then redis.call('HSET', KEYS[3], ARGV[1], units) end
redis.call('HINCRBY', KEYS[1], 'spent', units)
return 1`,
	},
};

/**
 * @param {import('ioredis').Redis} client
 * @param {string} prefix of the keys
 */
export function openRedisStore(client, prefix) {
	for (const [name, script] of Object.entries(scripts)) client.defineCommand(name, script);
	const key = (name) => `${prefix}:${name}`;
	const amounts = (pack) => [key(`budget-${pack}`), key('open'), key('settled')];
	return {
		async hello(protocol) {
			const [fields, now] = await client.farmHello(key('meta'), protocol, randomUUID());
			return {...pairs(fields), now: Number(now)};
		},
		meta: () => client.hgetall(key('meta')),
		setMeta: (fields) => client.hset(key('meta'), fields),
		clearMeta: (...names) => client.hdel(key('meta'), ...names),
		begin: (id) => client.hincrby(key('tries'), id, 1),
		ended: (id) => client.hdel(key('tries'), id),
		async reserve(pack, id, units) {
			const [isReserved, left] = await client.farmReserve(...amounts(pack), id, units);
			return {isReserved: isReserved === 1, left: Number(left)};
		},
		settle: (pack, id, units) =>
			client.farmSettle(...amounts(pack), id, units === undefined ? '' : String(units)),
		async budget(pack) {
			const {limit, spent = 0, reserved = 0} = await client.hgetall(key(`budget-${pack}`));
			return {
				limit: limit === undefined ? undefined : Number(limit),
				spent: Number(spent),
				reserved: Number(reserved),
			};
		},
		setLimit: (pack, units) =>
			units === undefined
				? client.hdel(key(`budget-${pack}`), 'limit')
				: client.hset(key(`budget-${pack}`), 'limit', String(units)),
		async beat(name, facts, forMs) {
			const now = await time(client);
			await client.hset(key('workers'), name, JSON.stringify({...facts, until: now + forMs}));
		},
		gone: (name) => client.hdel(key('workers'), name),
		async workers() {
			const [all, now] = await Promise.all([client.hgetall(key('workers')), time(client)]);
			const known = Object.entries(all).map(([name, text]) => ({name, ...JSON.parse(text)}));
			const late = known.filter(({until}) => until < now).map(({name}) => name);
			if (late.length > 0) await client.hdel(key('workers'), ...late);
			return known.filter(({until}) => until >= now);
		},
		/** Stores the names of jobs that were done and are removed. */
		remember: (ids) => client.hset(key('done'), Object.fromEntries(ids.map((id) => [id, '1']))),
		/** Which of these names are stored. */
		async remembered(ids) {
			const found = ids.length === 0 ? [] : await client.hmget(key('done'), ...ids);
			return new Set(ids.filter((_, at) => found[at] !== null));
		},
		/** Whether a restart of the server loses its data. */
		async forgets() {
			const text = await client.info('persistence').catch(() => 'aof_enabled:1');
			return !/aof_enabled:1/.test(text);
		},
		close: () => client.quit().catch(() => client.disconnect()),
	};
}

async function time(client) {
	const [seconds, micros] = await client.time();
	return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}

function pairs(list) {
	const fields = {};
	for (let at = 0; at < list.length; at += 2) fields[list[at]] = list[at + 1];
	return fields;
}
