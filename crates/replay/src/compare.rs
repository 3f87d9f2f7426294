//! Comparing a copy with the model.

use std::collections::BTreeMap;

use ddvs_contracts::messages::ContentId as Prefix;
use ddvs_contracts::storage::DElectorStorage;
use ddvs_model::{Base, Chain, ContentId, Elector, Grade, Instance, Seqno, Slot};

use crate::translate::{Contents, chain_id, chain_of, unpack};

/// State about one content, in the model's terms.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Known {
    voters: Vec<Chain>,
    told: bool,
    at_hand: bool,
    /// Whether it counts: the copy has it, or it was vouched for.
    counts: bool,
    refused: bool,
    asked: Vec<Chain>,
    /// The grade, and the base at which it was found, unless that of the batch.
    found: Option<(u8, Option<Base>)>,
}

type Numbers = BTreeMap<(Chain, Seqno, ContentId), Known>;

/// The difference between a copy and the model's elector, if there is one.
pub fn difference(
    instance: &Instance,
    contents: &Contents,
    elector: &Elector,
    storage: &DElectorStorage,
) -> Option<String> {
    for origin in 0..instance.chains() as Chain {
        let registry = storage.registries.get(chain_id(instance, origin)).ok()??;
        let height = u32::from(elector.height(origin));
        if registry.seqno != height {
            return Some(format!(
                "registry {origin}: the model has {height} batches, the copy {}",
                registry.seqno
            ));
        }
        let last = elector.applied[origin as usize].last().copied();
        let held = (registry.seqno > 0).then(|| contents.name(&Prefix::of(&registry.last_hash)));
        if held.flatten() != last {
            return Some(format!(
                "registry {origin}: the model's last is {last:?}, the copy's {held:?}"
            ));
        }
    }
    let expected = of_model(elector);
    let found = match of_copy(instance, contents, elector, storage) {
        Ok(found) => found,
        Err(error) => return Some(error),
    };
    let keys = expected.keys().chain(found.keys());
    for key in keys {
        let (expected, found) = (expected.get(key), found.get(key));
        if expected != found {
            return Some(format!(
                "{key:?}: the model knows {expected:?}, the copy {found:?}"
            ));
        }
    }
    None
}

/// Whether both keep state under a number: a copy forgets its own batches once they are applied.
fn is_kept(elector: &Elector, origin: Chain, seqno: Seqno) -> bool {
    origin != elector.chain || seqno > elector.height(origin)
}

fn of_model(elector: &Elector) -> Numbers {
    let mut numbers = Numbers::new();
    for slot in &elector.slots {
        let (origin, seqno) = (slot.origin, slot.seqno);
        if !is_kept(elector, origin, seqno) {
            continue;
        }
        for content in slot.named() {
            numbers.insert((origin, seqno, content), known_of(elector, slot, content));
        }
    }
    numbers
}

fn known_of(elector: &Elector, slot: &Slot, content: ContentId) -> Known {
    let before = slot.seqno.checked_sub(2).and_then(|place| {
        elector.applied[slot.origin as usize]
            .get(usize::from(place))
            .copied()
    });
    let asked = slot.asked.iter().filter(|(asked, _)| *asked == content);
    let ballots = slot
        .ballots
        .iter()
        .filter(|ballot| ballot.content == content);
    Known {
        voters: ballots.map(|ballot| ballot.voter).collect(),
        told: slot.proposed == Some(content),
        at_hand: slot.held(content).is_some(),
        counts: slot.contents().contains(&content),
        refused: slot.held(content).is_some_and(|held| held.refused),
        asked: asked.map(|(_, voter)| *voter).collect(),
        found: slot.found(content, before).map(|found| {
            let grade = match found.grade {
                Grade::Applicable => 1,
                Grade::Settled => 2,
            };
            (grade, found.at)
        }),
    }
}

fn of_copy(
    instance: &Instance,
    contents: &Contents,
    elector: &Elector,
    storage: &DElectorStorage,
) -> Result<Numbers, String> {
    let mut numbers = Numbers::new();
    let known = storage.known_contents();
    for known in known.map_err(|error| error.to_string())? {
        let (id, seqno) = (known.number.origin, known.number.seqno);
        let Some(origin) = chain_of(instance, id) else {
            if known.is_applied {
                continue;
            }
            return Err("a content of no chain".to_owned());
        };
        let seqno_of_model = Seqno::try_from(seqno).map_err(|error| error.to_string())?;
        if !is_kept(elector, origin, seqno_of_model) {
            continue;
        }
        let registry = storage.registries.get(id).map_err(|e| e.to_string())?;
        let registry = registry.ok_or("no registry")?;
        let after = match seqno == registry.seqno + 1 {
            true => Some(Prefix::of(&registry.last_hash)),
            false => (registry.undo_of(seqno).filter(|_| seqno <= registry.seqno))
                .map(|undo| Prefix::of(&undo.last_hash)),
        };
        let name = contents.name(&known.id).ok_or_else(|| {
            format!("({origin}, {seqno}): a content that the model does not know")
        })?;
        let (content, counts) = (&known.content, known.counts);
        let found = content.found.as_ref();
        let known = Known {
            voters: chains(instance, content.votes),
            told: content.told,
            at_hand: content.batch.is_some(),
            counts,
            refused: content.refused,
            asked: chains(instance, content.asked),
            found: found
                .filter(|found| Some(found.after) == after)
                .map(|found| {
                    let at = found.at.as_ref().map(|base| unpack(instance, base));
                    (found.grade, at)
                }),
        };
        numbers.insert((origin, seqno_of_model, name), known);
    }
    Ok(numbers)
}

fn chains(instance: &Instance, mask: u32) -> Vec<Chain> {
    let has = |chain: &Chain| mask >> (chain_id(instance, *chain) + 1) & 1 == 1;
    (0..instance.chains() as Chain).filter(has).collect()
}
