//! Stretches of time that overlap.

use crate::time::Nanos;
use crate::trace::sort_by_numbers;

/// A stretch of time: its start and its end.
pub(super) type Stretch = (Nanos, Nanos);

/// The most stretches that went on at once, and from when on they did.
pub(super) fn most_at_once(stretches: impl IntoIterator<Item = Stretch>) -> (usize, Nanos) {
    let (mut starts, mut ends): (Vec<Nanos>, Vec<Nanos>) = stretches.into_iter().filter(|(from, to)| from < to).unzip();
    sort_by_numbers(&mut starts, |at| [at.0]);
    sort_by_numbers(&mut ends, |at| [at.0]);
    let (mut most, mut since, mut over) = (0, Nanos::ZERO, 0);
    for (begun, &start) in starts.iter().enumerate() {
        while ends[over] <= start {
            over += 1;
        }
        if begun + 1 - over > most {
            (most, since) = (begun + 1 - over, start);
        }
    }
    (most, since)
}

/// The time in which at least one stretch goes on, as stretches that lie apart, in the order of time.
pub(super) fn union(stretches: impl IntoIterator<Item = Stretch>) -> Vec<Stretch> {
    let mut sorted: Vec<Stretch> = stretches.into_iter().filter(|(from, to)| from < to).collect();
    sort_by_numbers(&mut sorted, |(from, to)| [from.0, to.0]);
    let mut union: Vec<Stretch> = Vec::new();
    for (from, to) in sorted {
        match union.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => union.push((from, to)),
        }
    }
    union
}

/// How much of one stretch lies in a union.
pub(super) fn within(union: &[Stretch], (from, to): Stretch) -> Nanos {
    let first = union.partition_point(|stretch| stretch.1 <= from);
    let common = union[first..].iter().take_while(|stretch| stretch.0 < to);
    common.fold(Nanos::ZERO, |sum, stretch| sum + stretch.1.min(to).since(stretch.0.max(from)))
}
