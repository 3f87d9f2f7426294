//! Memory held by a thread.
//!
//! The TVM has no memory limit: gas limits what a run allocates in total, about 500 MB for 20 million gas, not what it holds
//! at a time. A program that links this crate counts each thread's bytes in the system's allocator, with one addition for
//! each call, so that a run can be stopped when it holds too much.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

thread_local! {
    // without an initialiser or destructor, so that it can be used whenever memory is
    static HELD: Cell<i64> = const { Cell::new(0) };
}

/// Returns the bytes that this thread has allocated minus those that it has freed, since its start. Negative if it
/// freed more memory of other threads than it allocated.
pub fn held_bytes() -> i64 {
    HELD.get()
}

fn count(bytes: usize, sign: i64) {
    // no allocation has more than isize::MAX bytes
    HELD.set(HELD.get().wrapping_add((bytes as i64).wrapping_mul(sign)));
}

struct Counting;

// SAFETY: every call is forwarded unchanged to the system's allocator, and its result is returned unchanged; counting
// neither allocates nor panics.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 1);
        // SAFETY: the caller upholds the contract
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 1);
        // SAFETY: the caller upholds the contract
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        count(layout.size(), -1);
        // SAFETY: the caller upholds the contract
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        count(layout.size(), -1);
        count(new_size, 1);
        // SAFETY: the caller upholds the contract
        unsafe { System.realloc(place, layout, new_size) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_memory_held_by_the_thread_itself_is_counted() {
        let before = held_bytes();
        let mut bytes = vec![0u8; 1 << 20];
        assert_eq!(held_bytes() - before, 1 << 20);
        bytes.reserve_exact(2 << 20);
        let capacity = i64::try_from(bytes.capacity()).unwrap_or_default();
        assert_eq!(held_bytes() - before, capacity);
        let elsewhere = std::thread::spawn(|| {
            let begin = held_bytes();
            let more = std::hint::black_box(vec![1u8; 4 << 20]);
            (held_bytes() - begin, more.len())
        });
        assert_eq!(elsewhere.join().ok(), Some((4 << 20, 4 << 20)));
        assert!(held_bytes() - before < 4 << 20);
        drop(bytes);
        assert!(held_bytes() - before < 1 << 16);
    }
}
