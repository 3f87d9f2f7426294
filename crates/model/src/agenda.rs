//! When an applied number is looked at again: what its contents wait for, and which bases are worth a look.

use crate::batch::{Base, Chain, ContentId, Seqno};
use crate::elector::Elector;
use crate::instance::Instance;
use crate::slot::{Grade, Slot, Wait};

impl Elector {
    /// Weighs the bases that name a batch which has just been applied. An applied number is decided again if the
    /// votes are worth more there.
    pub(crate) fn look_at_arrivals(&mut self, instance: &Instance) {
        for place in 0..self.slots.len() {
            let slot = &self.slots[place];
            // the next number is processed anyway
            if slot.seqno > self.height(slot.origin) {
                continue;
            }
            let is_reached = |wait: &&Wait| self.height(wait.chain) >= wait.seqno;
            let reached: Vec<_> = slot.waits.iter().filter(is_reached).copied().collect();
            for wait in reached {
                self.slots[place].waits.retain(|other| *other != wait);
                let content = wait.content;
                let held = self.slots[place].held(content);
                if held.is_some_and(|held| held.refused) {
                    continue;
                }
                let Some(base) = held.map(|held| held.base) else {
                    continue;
                };
                match self.missing(instance, &self.slots[place], content, &base) {
                    Some(wait) => self.slots[place].wait_for(wait),
                    None => self.weigh_base(instance, place, content, base),
                }
            }
        }
    }

    /// Marks the slot as due if the votes for a content are worth more at a base than where they were counted before.
    fn weigh_base(&mut self, instance: &Instance, place: usize, content: ContentId, base: Base) {
        let slot = &self.slots[place];
        let known = slot.grade(content, self.before(slot));
        let is_better = self.grade_at_base(instance, slot, content, base) > known;
        self.slots[place].is_due |= is_better;
    }

    /// Batches that the contents of a slot wait for because votes may then count for more.
    pub(crate) fn waits(&self, instance: &Instance, slot: &Slot) -> Vec<Wait> {
        let after = self.before(slot);
        let mut waits = Vec::new();
        for content in slot.contents() {
            let held = slot.held(content);
            let refused = held.is_some_and(|held| held.refused);
            if refused || slot.grade(content, after) == Some(Grade::Settled) {
                continue;
            }
            let base = held.map(|held| held.base);
            waits.extend(base.and_then(|base| self.missing(instance, slot, content, &base)));
        }
        waits.sort_unstable();
        waits.dedup();
        waits
    }

    /// Returns the first batch that a base names and that is missing here; `None` if the base can be weighed, or
    /// never will be.
    fn missing(
        &self,
        instance: &Instance,
        slot: &Slot,
        content: ContentId,
        base: &Base,
    ) -> Option<Wait> {
        let rules = &instance.rules;
        for (chain, (&named, applied)) in base.iter().zip(&self.applied).enumerate() {
            let height = applied.len() as Seqno;
            if chain == slot.origin as usize || named == height {
                continue;
            }
            if named > height {
                let is_heard = u16::from(named - height) < rules.window;
                return is_heard.then_some(Wait {
                    content,
                    chain: chain as Chain,
                    seqno: named,
                });
            }
            if u16::from(height - named) >= rules.history {
                return None;
            }
        }
        None
    }
}
