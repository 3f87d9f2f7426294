// Commands that tell or do the same as a page. The first of each pair says what.

const curl = (...parts) => ['over HTTP', `curl -s '${location.origin}/api/v1/${parts.join('/')}'`];
const rpc = location.origin === 'http://127.0.0.1:8080' ? '' : ` --rpc ${location.origin}`;
const ddvs = (what, text) => [what, `ddvs ${text}${rpc}`];

export const overview = () => [ddvs('chains', 'query chains'), ddvs('follow events', 'query events --follow'), curl('chains')];
export const chains = () => [ddvs('chains', 'query chains'), curl('chains')];
export const chain = (id) => [ddvs('validator set', `query validators --chain ${id}`), curl('chains', id), curl('chains', id, 'validators')];
export const block = (id, number) => [ddvs('block', `query block ${id} ${number}`), curl('chains', id, 'blocks', number)];
export const tx = (hash) => [ddvs('transaction', `query tx ${hash}`), curl('transactions', hash)];
export const message = (hash) => [ddvs('message', `query message ${hash}`), curl('messages', hash, 'tree')];
export const account = (id) => [ddvs('what happened to it', `query events --account ${id}`), curl('accounts', id), curl('accounts', id, 'transactions')];
export const wallet = (id) => [ddvs('wallet', `query wallet ${id}`), curl('wallets', id)];
export const pool = (id) => [ddvs('pool', `query pool ${id}`), ddvs('stake with it', `wallet stake 100 --pool ${id}`), curl('pools', id)];
export const pools = () => [ddvs('pools', 'query pools'), curl('pools')];
export const validator = (id) => [ddvs('validator', `query pool ${id}`), curl('pools', id)];
export const validators = (id) => [ddvs('validator set', `query validators --chain ${id}`), ddvs('become one', 'validator create'), curl('chains', id, 'validators')];
export const batches = () => [ddvs('batches', 'query batches'), curl('batches')];
export const batch = (origin, number) => [ddvs('batches', `query batches --origin ${origin}`), curl('batches', origin, number)];
export const evidence = () => [ddvs('bring evidence', 'evidence submit FILE'), ['check it before', 'ddvs evidence verify FILE'], curl('evidence'), curl('removed')];
export const events = () => [ddvs('follow events', 'query events --follow'), ['as a stream', `curl -sN '${location.origin}/api/v1/events/stream?after=0'`]];
export const params = (id) => [ddvs('parameters', `config show --chain ${id}`), ddvs('compare two chains', `config diff --chain ${id} --with-chain ${String(id) === '0' ? -1 : 0}`), curl('chains', id, 'config')];
