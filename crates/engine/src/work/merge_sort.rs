//! A top-down merge sort over lists of seeded random numbers.

use std::ops::ControlFlow;

use rand::Rng;
use rand_pcg::Pcg32;

use super::Pace;
use crate::time::Nanos;

const NANOS_PER_MERGED_ELEMENT: u64 = 275;

/// Sorts `list` top-down by merging, and calls `checkpoint` every few microseconds; a list whose sorting was broken off
/// is in no particular order.
pub fn merge_sort(list: &mut [u32], checkpoint: &mut dyn FnMut() -> ControlFlow<()>) -> ControlFlow<()> {
    sort(list, &mut vec![0; list.len()], &mut Pace::new(checkpoint))
}

pub(super) fn cost(elements: u32) -> Nanos {
    Nanos(merged(u64::from(elements)) * NANOS_PER_MERGED_ELEMENT)
}

/// Counts the elements that are in order, so that the result is right only where the list is sorted.
pub(super) fn perform(elements: u32, seed: u64, pace: &mut Pace<'_>) -> ControlFlow<(), i64> {
    let mut random = Pcg32::new(seed, 0);
    let mut list = Vec::new();
    for _ in 0..elements {
        list.push(random.next_u32());
        pace.step()?;
    }
    sort(&mut list, &mut vec![0; elements as usize], pace)?;
    let first = i64::from(elements.min(1));
    ControlFlow::Continue(first + list.windows(2).filter(|pair| pair[0] <= pair[1]).count() as i64)
}

/// How many elements the merges of a list of `n` move: M(n) = M(⌊n/2⌋) + M(⌈n/2⌉) + n, solved.
fn merged(n: u64) -> u64 {
    if n < 2 {
        return 0;
    }
    let levels = n.next_power_of_two().ilog2();
    n * u64::from(levels) + n - (1 << levels)
}

fn sort(list: &mut [u32], scratch: &mut [u32], pace: &mut Pace<'_>) -> ControlFlow<()> {
    if list.len() < 2 {
        return ControlFlow::Continue(());
    }
    let middle = list.len() / 2;
    sort(&mut list[..middle], &mut scratch[..middle], pace)?;
    sort(&mut list[middle..], &mut scratch[middle..], pace)?;
    scratch.copy_from_slice(list);
    let (mut left, mut right) = scratch.split_at(middle);
    for slot in list {
        let smaller = match (left, right) {
            ([first, ..], [second, ..]) if first > second => &mut right,
            ([], _) => &mut right,
            _ => &mut left,
        };
        if let Some((first, rest)) = smaller.split_first() {
            *slot = *first;
            *smaller = rest;
        }
        pace.step()?;
    }
    ControlFlow::Continue(())
}
