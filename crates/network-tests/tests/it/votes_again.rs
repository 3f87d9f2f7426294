//! Votes that say nothing new. A chain sends the same ones again, or has a message fail after the copy has worked on it: what it brings pays for
//! that, however many have named something under these numbers.

use ddvs_client::ChainId;
use ddvs_contracts::Codes;
use ddvs_contracts::messages::{BatchVote, ContentId, Propose, Relay, Vote};
use ddvs_network_tests::captured::{bring, made_up, next_batch, say, vote};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::registries::flipped;
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::HashBytes;

/// Three heavy chains: the copy, one that votes for what is applied, and one whose votes are new.
const HEAVY: ChainId = 3;
const COPY: ChainId = 0;
const FRESH: ChainId = 2;
/// The light ones, captured like the masterchain: as many contents under each number as there can be.
const LIGHT: std::ops::Range<i8> = HEAVY..23;
/// Whose numbers they name something under: as many as a message holds votes.
const ORIGINS: std::ops::Range<i8> = HEAVY..HEAVY + 8;
/// A chain that does not exist.
const NONE: ChainId = 30;

/// Which numbers are voted under.
#[derive(Clone, Copy, Debug)]
enum Depth {
    Applied,
    Next,
    Ahead,
}

struct Lies {
    world: World,
    hashes: Vec<HashBytes>,
    seqno: u32,
    /// Whether what they name is brought, and so counts.
    are_brought: bool,
}

impl Lies {
    /// So many captured chains name something under each number: the masterchain first.
    fn new(codes: Codes, depth: Depth, liars: usize, are_brought: bool) -> Self {
        let mut stakes = vec![vec![1_000_000]; HEAVY as usize];
        stakes.extend(vec![vec![50_000]; LIGHT.len()]);
        let mut shape = Shape::with_stakes(stakes);
        shape.limits.min_validators = 1;
        shape.codes = codes;
        let mut world = World::new(&shape);
        (1..LIGHT.end).for_each(|chain| world.silence(chain));
        let mut hashes = Vec::new();
        for origin in ORIGINS {
            let batch = next_batch(&world, COPY, origin, 50_010 * COIN);
            let batch_hash = *batch.inner().repr_hash();
            hashes.push(batch_hash);
            if matches!(depth, Depth::Applied) {
                say(&mut world, origin, COPY, &Propose { batch });
                let vote = BatchVote {
                    origin,
                    seqno: 1,
                    batch_hash,
                };
                say(&mut world, 1, COPY, &Vote::one(vote));
            }
        }
        world.pass(20);
        let seqno = if matches!(depth, Depth::Ahead) { 2 } else { 1 };
        let mut lies = Self {
            world,
            hashes,
            seqno,
            are_brought,
        };
        for (place, from) in [-1].into_iter().chain(LIGHT.rev()).enumerate().take(liars) {
            for vote in lies.votes(place) {
                if vote.origin == from {
                    continue;
                }
                if are_brought {
                    let batch = made_up(vote.origin, seqno, place as u32);
                    bring(&mut lies.world, from, COPY, &batch);
                } else {
                    say(&mut lies.world, from, COPY, &Vote::one(vote));
                }
            }
            lies.world.pass(5);
        }
        // what is known under other numbers makes the ways to these longer
        for seqno in [3, 4, 8, 16, 32, 64, 128] {
            for vote in lies.votes(0) {
                let vote = BatchVote { seqno, ..vote };
                say(&mut lies.world, FRESH, COPY, &Vote::one(vote));
            }
        }
        lies.world.pass(60);
        lies
    }

    /// Votes of a place under all numbers, for contents that part from the others late.
    fn votes(&self, place: usize) -> Vec<BatchVote> {
        let named = self.hashes.iter().zip(ORIGINS);
        let named = named.map(|(hash, origin)| BatchVote {
            origin,
            seqno: self.seqno,
            batch_hash: match self.are_brought {
                true => *made_up(origin, self.seqno, place as u32)
                    .inner()
                    .repr_hash(),
                false => flipped(*hash, 8 + 5 * place),
            },
        });
        named.collect()
    }

    /// What the copy loses with ten messages of a chain that say what one has said before, in nano; negative if it gains.
    fn loss(&mut self, from: ChainId, votes: &[BatchVote]) -> i128 {
        let value = u128::from(self.world.params(COPY).vote_value_nano.get()) * votes.len() as u128;
        let from = self.world.delector(from).address().clone();
        let to = self.world.delector(COPY).address().clone();
        let vote = Vote::of(votes).unwrap();
        let mut say = |times| {
            let before = self.world.balance(&to) as i128;
            (0..times).for_each(|_| {
                self.world.inject_with(&from, &to, &vote, value);
            });
            self.world.pass(10);
            before - self.world.balance(&to) as i128
        };
        // what the first one says is new
        say(1);
        say(10)
    }
}

/// The masterchain's place among the liars, and one that nobody has.
const LIAR: usize = 0;
const NOBODY: usize = ALL;
/// All captured chains.
const ALL: usize = LIGHT.end as usize - HEAVY as usize + 1;

#[test]
fn repeated_votes_pay_for_themselves() {
    for (depth, are_brought) in [
        (Depth::Applied, true),
        (Depth::Next, true),
        (Depth::Ahead, true),
        (Depth::Applied, false),
        (Depth::Next, false),
        (Depth::Ahead, false),
    ] {
        for liars in [1, 3, 5, 7, 8, ALL] {
            let mut lies = Lies::new(Codes::default(), depth, liars, are_brought);
            // its own vote, one for what another chain has named, and one for what nobody has
            for place in [LIAR, liars - 1, NOBODY] {
                let again = lies.votes(place);
                for count in [1, 2, again.len()] {
                    let loss = lies.loss(-1, &again[..count]);
                    assert!(
                        loss <= 0,
                        "{depth:?}, {liars} liars, {are_brought}, {count} votes: {loss} nano"
                    );
                }
            }
        }
    }
    let walks = codes("delector", "votes-are-looked-through-again");
    let mut lies = Lies::new(walks, Depth::Next, 7, true);
    let another = lies.votes(3);
    assert!(lies.loss(-1, &another[..1]) > 0);
}

/// Seven new votes, and one that names no chain: the seven are booked, so that they are new once only.
fn loses_for_what_is_undone(codes: Codes) -> bool {
    let mut lies = Lies::new(codes, Depth::Applied, ALL, true);
    let mut votes = lies.votes(NOBODY);
    votes.pop();
    votes.push(BatchVote {
        origin: NONE,
        seqno: 1,
        batch_hash: HashBytes([9; 32]),
    });
    lies.loss(FRESH, &votes) > 0
}

#[test]
fn vote_for_an_unknown_chain_does_not_fail_its_message() {
    assert!(!loses_for_what_is_undone(Codes::default()));
    let throws = codes("delector", "votes-for-no-chain-undo-others");
    assert!(loses_for_what_is_undone(throws));
}

/// Whether a copy still keeps what was named under a number that can no longer be taken back, and nobody had.
fn keeps_what_does_not_count(codes: Codes) -> bool {
    let copy = 1;
    let lie = |world: &mut World| {
        say(world, -1, copy, &vote(0, 1, HashBytes([7; 32])));
    };
    let world = later(codes, copy, lie);
    world.storage(copy).pending.unvouched().count() > 0
}

/// Whether a copy still keeps who voted under a number that can no longer be taken back.
fn remembers(codes: Codes) -> bool {
    let copy = 1;
    let kept = |world: &World| {
        let rare = world.local(copy).rare().unwrap();
        !rare.voted.is_empty()
    };
    let world = later(codes, copy, |world| {
        for from in [-1i8, 2, 3] {
            let batch = made_up(0, 1, from.cast_unsigned().into());
            bring(world, from, copy, &batch);
        }
        world.pass(5);
        assert!(kept(world), "there are many contents");
    });
    kept(&world)
}

/// A world twelve batches of chain 0 after lies under an applied one.
fn later(codes: Codes, copy: ChainId, lie: impl Fn(&mut World)) -> World {
    let mut shape = Shape::with_stakes(vec![
        vec![30_000; 4],
        vec![10_000; 4],
        vec![10_000; 4],
        vec![10_000; 4],
    ]);
    shape.codes = codes;
    let mut world = World::new(&shape);
    for chain in [2, 3] {
        world.silence(chain);
    }
    let (who, root) = (world.person(0, 0), world.validator(0, 0).root);
    world.deposit(&who, 1_000 * COIN);
    let change = |world: &mut World| {
        let stake = world.stake_message(&who, &root, 10 * COIN);
        world.send(&who, &[stake]);
        world.pass(30);
    };
    change(&mut world);
    assert_eq!(world.registry(copy, 0).seqno, 1);
    lie(&mut world);
    world.pass(5);
    (0..12).for_each(|_| change(&mut world));
    assert_eq!(world.registry(copy, 0).seqno, 13);
    world
}

/// Whether a chain votes twice under one number: for what only it has named, and then for what others have brought.
fn votes_twice(codes: Codes) -> bool {
    let (copy, twice) = (1, 2);
    let mut shape = Shape::with_stakes(vec![vec![10_000; 4]; 5]);
    shape.codes = codes;
    let mut world = World::new(&shape);
    for chain in [0, 2, 3, 4] {
        world.silence(chain);
    }
    let batch = |mark| made_up(0, 1, mark);
    let hash = |mark| *batch(mark).inner().repr_hash();
    let by = |from, mark| (from, vote(0, 1, hash(mark)));
    let (first, second) = (by(twice, 1), by(twice, 2));
    say(&mut world, first.0, copy, &first.1);
    for (from, mark) in [(-1, 2), (3, 3), (4, 4)] {
        bring(&mut world, from, copy, &batch(mark));
        world.pass(3);
    }
    // what it has named first comes, and counts
    let relay = Relay { batch: batch(1) };
    say(&mut world, -1, copy, &relay);
    world.pass(3);
    say(&mut world, second.0, copy, &second.1);
    world.pass(3);
    let known = world.storage(copy).known_contents().unwrap();
    assert!(known.len() == 4 && known.iter().all(|known| known.counts));
    let voted = known
        .iter()
        .filter(|known| known.content.votes & (1 << (twice + 1)) != 0);
    voted.count() == 2
}

#[test]
fn a_chain_votes_once_under_a_number() {
    assert!(!votes_twice(Codes::default()));
    let left_out = codes("delector", "who-voted-for-what-counts-later-is-left-out");
    assert!(votes_twice(left_out));
}

#[test]
fn unvouched_votes_are_deleted_once_their_number_is_final() {
    assert!(!keeps_what_does_not_count(Codes::default()));
    let keeps = codes("delector", "what-does-not-count-is-kept-for-ever");
    assert!(keeps_what_does_not_count(keeps));
}

#[test]
fn voters_are_forgotten_with_the_contents() {
    assert!(!remembers(Codes::default()));
    assert!(remembers(codes(
        "delector",
        "who-voted-is-remembered-for-good"
    )));
}

/// One content counts under the next number of each origin, and a vote names another one. Under eight other numbers each there are as many contents
/// as it takes to record who voted, so that all paths are long.
fn beside_one_content() -> Lies {
    let mut lies = Lies::new(Codes::default(), Depth::Next, 0, false);
    let others = (0..LIGHT.end).filter(|&origin| origin != COPY);
    for origin in others {
        for number in (0..8).map(|bit| lies.seqno ^ (1 << bit)) {
            if number == 0 || !ORIGINS.contains(&origin) && number > 3 {
                continue;
            }
            for (mark, from) in (50..).zip([-1, 20, 21]) {
                bring(&mut lies.world, from, COPY, &made_up(origin, number, mark));
            }
            for from in [FRESH, 22] {
                let other = vote(origin, number, HashBytes([3; 32]));
                say(&mut lies.world, from, COPY, &other);
            }
        }
        lies.world.pass(5);
        bring(&mut lies.world, -1, COPY, &made_up(origin, lies.seqno, 0));
        let other = vote(origin, lies.seqno, flipped(HashBytes([0x44; 32]), 13));
        say(&mut lies.world, 22, COPY, &other);
    }
    lies.world.pass(60);
    lies
}

#[test]
fn repeated_votes_beside_one_content_pay_for_themselves() {
    let mut lies = beside_one_content();
    let unknown = ORIGINS.map(|origin| BatchVote {
        origin,
        seqno: lies.seqno,
        batch_hash: HashBytes([0x45; 32]),
    });
    let unknown: Vec<_> = unknown.collect();
    for from in [-1, 22] {
        for count in [1, unknown.len()] {
            let loss = lies.loss(from, &unknown[..count]);
            assert!(loss <= 0, "from {from}, {count} votes: {loss} nano");
        }
    }
}

/// Whether a content counts that is vouched for only with a chain that has meanwhile voted for another one.
fn counts_with_a_replaced_vote(codes: Codes) -> bool {
    let (copy, heavy, light) = (1, 2, 3);
    // less than a third, and a little more with the light chain
    let stakes = [80_000, 80_000, 72_000, 12_000];
    let mut shape = Shape::with_stakes(stakes.map(|stake| vec![stake; 3]).to_vec());
    shape.codes = codes;
    let mut world = World::new(&shape);
    for chain in [0, heavy, light] {
        world.silence(chain);
    }
    let [named, brought] = [1, 2].map(|mark| *made_up(0, 1, mark).inner().repr_hash());
    say(&mut world, heavy, copy, &vote(0, 1, named));
    bring(&mut world, -1, copy, &made_up(0, 1, 2));
    world.pass(3);
    say(&mut world, heavy, copy, &vote(0, 1, brought));
    say(&mut world, light, copy, &vote(0, 1, named));
    world.pass(3);
    let known = world.storage(copy).known_contents().unwrap();
    let votes = |hash: &HashBytes| {
        let of_hash = known.iter().find(|known| known.id == ContentId::of(hash));
        of_hash.map(|known| (known.counts, known.content.votes))
    };
    let bits = |chains: &[ChainId]| chains.iter().map(|chain| 1 << (chain + 1)).sum::<u32>();
    // the vote for what counts is kept
    assert_eq!(votes(&brought), Some((true, bits(&[-1, heavy]))));
    match votes(&named) {
        Some((true, voters)) => {
            assert_eq!(voters, bits(&[light]));
            true
        }
        other => {
            assert_eq!(other, Some((false, bits(&[heavy, light]))));
            false
        }
    }
}

#[test]
fn replaced_vote_does_not_vouch() {
    assert!(!counts_with_a_replaced_vote(Codes::default()));
    let vouches = codes("delector", "who-voted-for-another-vouches");
    assert!(counts_with_a_replaced_vote(vouches));
}
