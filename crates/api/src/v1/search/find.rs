//! Executing a search.

use ddvs_client::ChainId;
use ddvs_index::rows::EventKind;
use ddvs_index::{Like, Reader};
use tycho_types::cell::HashBytes;
use tycho_types::models::{StdAddr, StdAddrFormat};

use super::question::{Question, What};
use super::{HitBody, HitKind};
use crate::error::ApiError;
use crate::params::parse_hash;
use crate::state::ApiState;
use crate::v1::{names, sets};

/// Maximum number of results of one kind, for each chain where that applies.
const MAX_HITS: usize = 8;
/// Number of newest validator sets of a chain whose hashes are compared.
const MAX_SETS: usize = 32;
/// Maximum number of members of these sets together: one may have thousands.
const MAX_MEMBERS: usize = 50_000;

/// Searches one snapshot of the index.
pub(super) struct Finder<'a> {
    state: &'a ApiState,
    reader: Reader,
    hits: Vec<HitBody>,
}

impl<'a> Finder<'a> {
    /// Fails only when the index does.
    pub fn new(state: &'a ApiState) -> Result<Self, ApiError> {
        Ok(Self {
            state,
            reader: state.read()?,
            hits: Vec::new(),
        })
    }

    /// Returns all results.
    ///
    /// Fails only when the index does.
    pub fn find(mut self, question: &Question) -> Result<Vec<HitBody>, ApiError> {
        if question.text.is_empty() {
            return Ok(self.hits);
        }
        // a whole hash is not a prefix
        if let Ok(hash) = parse_hash("q", &question.rest) {
            self.hash(&hash, question.chain)?;
        }
        if let Ok((address, _)) = StdAddr::from_str_ext(&question.rest, StdAddrFormat::any()) {
            if self.state.chain(address.workchain.into()).is_ok() {
                self.account(&address)?;
            }
            return Ok(self.hits);
        }
        self.numbers(question)?;
        self.chain(question);
        if self.hits.is_empty() || question.number.is_some() {
            if let Some(like) = &question.like {
                self.like(like, question.chain)?;
            }
            self.words(question)?;
        }
        Ok(self.hits)
    }

    /// Returns the chains to search.
    fn chains(&self, asked: Option<ChainId>) -> Vec<ChainId> {
        let mut chains = self.state.chains();
        chains.retain(|chain| asked.is_none_or(|asked| asked == *chain));
        chains
    }

    fn numbers(&mut self, question: &Question) -> Result<(), ApiError> {
        let Some(number) = question.number else {
            return Ok(());
        };
        let chains = self.chains(question.chain);
        for &chain in &chains {
            if question.is(What::Block) && self.reader.block(chain, number)?.is_some() {
                self.hit(HitKind::Block, format!("{chain}/{number}"), Some(chain));
            }
        }
        for &chain in &chains {
            if question.is(What::Batch) && !self.reader.batch(chain, number)?.is_empty() {
                self.hit(HitKind::Batch, format!("{chain}/{number}"), Some(chain));
            }
        }
        Ok(())
    }

    /// Adds a chain, if the text names nothing else.
    fn chain(&mut self, question: &Question) {
        if question.rest.is_empty() && question.what.is_none() {
            for chain in question
                .chain
                .map_or(Vec::new(), |chain| self.chains(Some(chain)))
            {
                self.hit(HitKind::Chain, chain.to_string(), Some(chain));
            }
        }
    }

    fn hash(&mut self, hash: &HashBytes, chain: Option<ChainId>) -> Result<(), ApiError> {
        self.key(hash)?;
        self.transaction(hash)?;
        self.message(hash)?;
        self.block(hash)?;
        // an address of which only the hash is known
        for chain in self.chains(chain) {
            let address = StdAddr::new(chain, *hash);
            if self.reader.account(&address)?.is_some() {
                self.account(&address)?;
            }
        }
        if let Some(like) = Like::new(&hash.to_string(), "") {
            self.rare(&like)?;
        }
        if self.hits.is_empty() {
            for address in self.reader.accounts_by_code(hash, None, MAX_HITS)? {
                self.account(&address)?;
            }
        }
        Ok(())
    }

    /// Adds objects that match a shortened hash.
    fn like(&mut self, like: &Like, chain: Option<ChainId>) -> Result<(), ApiError> {
        for chain in self.chains(chain) {
            for address in self.reader.accounts_like(chain, like, MAX_HITS)? {
                self.account(&address)?;
            }
        }
        // an address includes its chain, other hashes do not
        if chain.is_some() {
            return Ok(());
        }
        for key in self.reader.keys_like(like, MAX_HITS)? {
            self.key(&key)?;
        }
        for hash in self.reader.transactions_like(like, MAX_HITS)? {
            self.transaction(&hash)?;
        }
        for hash in self.reader.messages_like(like, MAX_HITS)? {
            self.message(&hash)?;
        }
        for hash in self.reader.blocks_like(like, MAX_HITS)? {
            self.block(&hash)?;
        }
        self.rare(like)
    }

    /// Adds objects without a table by hash: batches, validator sets, the network and its code.
    fn rare(&mut self, like: &Like) -> Result<(), ApiError> {
        for chain in self.state.chains() {
            for batch in self.reader.batches_like(chain, like, MAX_HITS)? {
                let id = format!("{chain}/{}", batch.seqno);
                self.hit(HitKind::Batch, id, Some(chain));
            }
            let (mut seen, mut members, mut found) = (0, 0, Vec::new());
            sets::back(&self.reader, chain, None, |set| {
                (seen, members) = (seen + 1, members + set.members.len());
                if like.is(&set.hash) {
                    found.push(set.at.seqno);
                }
                seen < MAX_SETS && members < MAX_MEMBERS
            })?;
            for since in found {
                self.hit(HitKind::Set, format!("{chain}/{since}"), Some(chain));
            }
        }
        let identity = self.state.identity();
        let own = [
            identity.network.genesis,
            identity.network.delector_code_hash,
            identity.root_code,
            identity.wallet_code,
        ];
        if let Some(hash) = own.iter().find(|hash| like.is(hash)) {
            self.hit(HitKind::Network, hash.to_string(), None);
        }
        // on a network of nodes these take queries
        if self.hits.is_empty() {
            self.params(like)?;
        }
        Ok(())
    }

    /// Adds parameters of chains by the hash of their cell.
    fn params(&mut self, like: &Like) -> Result<(), ApiError> {
        for chain in self.state.chains() {
            let config = self.state.live().config(chain)?;
            let mut params = config.as_dict().iter().filter_map(Result::ok);
            if params.any(|(_, cell)| like.is(cell.repr_hash())) {
                self.hit(HitKind::Param, chain.to_string(), Some(chain));
            }
        }
        Ok(())
    }

    /// Adds names of accounts and pools, and kinds of events.
    fn words(&mut self, question: &Question) -> Result<(), ApiError> {
        for text in [&question.text, &question.rest] {
            // one character is part of every name
            if text.chars().count() < 2 || !self.hits.is_empty() {
                continue;
            }
            for address in names::named(self.state, &self.reader, text, MAX_HITS)? {
                self.account(&address)?;
                for pool in self.reader.pools_by_owner(&address, None, MAX_HITS)? {
                    self.account(&pool.address)?;
                }
            }
        }
        // pools come before their owners
        self.hits.sort_by_key(|hit| hit.kind == HitKind::Owner);
        let kind = question.text.to_lowercase().replace([' ', '-'], "_");
        if EventKind::from_name(&kind).is_some() {
            self.hit(HitKind::Event, kind, None);
        }
        Ok(())
    }

    fn key(&mut self, key: &HashBytes) -> Result<(), ApiError> {
        if let Some(pool) = self.reader.pool_by_key(key)? {
            self.hit(HitKind::Key, key.to_string(), Some(pool.address.workchain));
            if let Some(hit) = self.hits.last_mut() {
                hit.root = Some(pool.address.to_string());
                hit.name = names::pool_name(self.state, &pool);
            }
        }
        Ok(())
    }

    fn transaction(&mut self, hash: &HashBytes) -> Result<(), ApiError> {
        if let Some(row) = self.reader.transaction_by_hash(hash)? {
            self.hit(HitKind::Transaction, hash.to_string(), Some(row.at.chain));
        }
        Ok(())
    }

    fn message(&mut self, hash: &HashBytes) -> Result<(), ApiError> {
        if let Some(row) = self.reader.message(hash)? {
            let chain = row.destination.map(|to| to.workchain);
            self.hit(HitKind::Message, hash.to_string(), chain);
        }
        Ok(())
    }

    fn block(&mut self, hash: &HashBytes) -> Result<(), ApiError> {
        if let Some(row) = self.reader.block_by_hash(hash)? {
            let id = format!("{}/{}", row.at.chain, row.at.seqno);
            self.hit(HitKind::Block, id, Some(row.at.chain));
        }
        Ok(())
    }

    fn account(&mut self, address: &StdAddr) -> Result<(), ApiError> {
        let pool = self.reader.pool(address)?;
        let kind = if pool.is_some() {
            HitKind::Pool
        } else if self.reader.wallet(address)?.is_some() {
            HitKind::Wallet
        } else if !self.reader.pools_by_owner(address, None, 1)?.is_empty() {
            HitKind::Owner
        } else {
            HitKind::Account
        };
        self.hit(kind, address.to_string(), Some(address.workchain));
        if let Some(hit) = self.hits.last_mut() {
            hit.name = match pool {
                Some(pool) => names::pool_name(self.state, &pool),
                None => self.state.settings().names.get(address).cloned(),
            };
        }
        Ok(())
    }

    fn hit(&mut self, kind: HitKind, id: String, chain: Option<i8>) {
        self.hits.push(HitBody {
            kind,
            id,
            chain,
            root: None,
            name: None,
        });
    }
}
